import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deployPath, patchedDeployment, readKustomization, readManifests, type Manifest } from './documents.ts';
import { renderChart } from './render-chart.ts';

const keyOf = ({ kind, metadata: { namespace, name } }: Manifest): string => `${kind}/${namespace ?? ''}/${name}`;
const byKey = (objects: readonly Manifest[]): Readonly<Record<string, Manifest>> => Object.fromEntries(objects.map((object) => [keyOf(object), object]));

/** What the chart leaves to Helm: the namespace and the definition. */
const ofHelm = new Set(['Namespace', 'CustomResourceDefinition']);
const manifests = readKustomization('manifests').filter(({ kind }) => !ofHelm.has(kind));
const awsComponent = 'manifests/optional/aws';

function deploymentOf(objects: readonly Manifest[]): Manifest {
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  if (deployment === undefined) throw new Error('there is no Deployment');
  return deployment;
}

/** The pull policy is the one line that only the chart has. */
const withoutPullPolicy = (object: Manifest): unknown => JSON.parse(JSON.stringify(object, (name, value: unknown) => (name === 'imagePullPolicy' ? undefined : value)));

interface Workload {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [{ readonly image: string; readonly imagePullPolicy?: string; readonly args: readonly string[] }] } } };
}

function argumentsOf(objects: readonly Manifest[]): readonly string[] {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as (Manifest & Workload) | undefined;
  return deployment?.spec.template.spec.containers[0].args ?? [];
}

describe('the chart', () => {
  it('renders the manifests with its own values', () => {
    const rendered = byKey(renderChart());
    const expected = byKey(manifests);
    expect(Object.keys(rendered).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, object] of Object.entries(rendered)) {
      expect(withoutPullPolicy(object)).toEqual(expected[key]);
    }
  });

  it.each([
    ['aws', ['optional/aws/rbac.yaml']],
    ['nodeProbe', ['optional/node-probe/rbac.yaml']],
    ['guardUnassigned', ['optional/guard-unassigned/rbac.yaml']],
    ['monitoring', ['optional/monitoring/prometheus-rule.yaml', 'optional/monitoring/service-monitor.yaml']],
  ])('%s.enabled adds what the component of the manifests adds', (value, files) => {
    const rendered = byKey(renderChart({ [value]: { enabled: true } }));
    for (const object of files.flatMap((file) => readManifests(`manifests/${file}`))) expect(rendered[keyOf(object)]).toEqual(object);
  });

  it('aws.enabled gives the operator the token that STS takes, as the component does', () => {
    const deployment = deploymentOf(renderChart({ aws: { enabled: true } }));
    expect(withoutPullPolicy(deployment)).toEqual(patchedDeployment(deploymentOf(manifests), awsComponent));
    const volumes = [{ name: 'cloud-token', projected: { sources: [{ serviceAccountToken: { audience: 'openshift', path: 'token' } }] } }];
    const containers = [{ volumeMounts: [{ name: 'cloud-token', mountPath: '/var/run/secrets/openshift/serviceaccount' }] }];
    expect(deployment).toMatchObject({ spec: { template: { spec: { volumes, containers } } } });
  });

  it('passes options on to the operator', () => {
    expect(argumentsOf(renderChart({ nodeProbe: { enabled: true }, guardUnassigned: { enabled: true }, extraArgs: ['--log-level=debug'] })).slice(-3)).toEqual(['--node-probe', '--guard-unassigned', '--log-level=debug']);
  });

  it('annotates the ServiceAccount', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/egress' };
    expect(renderChart({ serviceAccount: { annotations } }).find(({ kind }) => kind === 'ServiceAccount')).toMatchObject({ metadata: { annotations } });
  });

  it('leaves out the roles of a network that is switched off', () => {
    const names = renderChart({ network: { openshiftSDN: false } }).map(keyOf);
    expect(names).not.toContain('ClusterRole//egressip-ipam-operator-openshift-sdn');
    expect(names).toContain('ClusterRole//egressip-ipam-operator-ovn-kubernetes');
  });

  it.each(['helm/egressip-ipam-operator/crds', 'olm/manifests'])('%s has the same EgressIPAM definition', (folder) => {
    const read = (path: string): string => readFileSync(deployPath(`${path}/redhatcop.redhat.io_egressipams.yaml`), 'utf8');
    expect(read(folder)).toBe(read('crds'));
  });
});

describe('the bundle', () => {
  it('installs the Deployment and the rules of the manifests and of component aws, which only OpenShift has', () => {
    const [version] = readManifests('olm/manifests/egressip-ipam-operator.clusterserviceversion.yaml');
    const all = [...manifests, ...readManifests(`${awsComponent}/rbac.yaml`)];
    const ownNamespace = deploymentOf(manifests).metadata.namespace;
    const rulesOf = (isOwn: boolean): unknown => all.filter(({ kind, metadata }) => (kind === 'Role' && metadata.namespace === ownNamespace) === isOwn).flatMap((object) => object['rules'] ?? []);
    const { metadata, spec } = patchedDeployment(deploymentOf(manifests), awsComponent) as Manifest & { readonly spec: unknown };
    expect(version).toMatchObject({
      spec: {
        install: {
          spec: {
            permissions: [{ rules: rulesOf(true) }],
            // A bundle has no Roles for other namespaces.
            clusterPermissions: [{ rules: rulesOf(false) }],
            deployments: [{ name: metadata.name, spec }],
          },
        },
      },
    });
  });
});
