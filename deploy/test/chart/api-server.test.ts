import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ResourceClient, type Resource, type RestClient } from '@egressip-ipam/kube';
import { findEnvtestAssets, installCrds, startEnvtest, type Envtest } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';
import { parseManifests, type Manifest } from '../../src/objects/manifest.ts';
import { chartFolder, deployPath, releaseName, root } from '../../src/paths.ts';
import { helmTemplate, runHelm } from '../../src/render/helm-template.ts';
import { findTool } from '../../src/toolbox/find-tool.ts';
import { helm4, helms, noHelm, noKubectl } from '../support/helms.ts';
import { nextChart } from '../support/next-chart.ts';
import { serveFolder } from '../support/serve-folder.ts';
import { valueSets } from '../support/value-sets.ts';

const kubectl = findTool('kubectl') ?? '';
const definitionName = 'egressipams.redhatcop.redhat.io';
const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
};
const pools: Resource = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressipams',
  kind: 'EgressIPAM',
  namespaced: false,
};
const clusterRoles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
};
const definitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** The definition of the original, as its last release has it. */
const originalDefinition = join(root, 'packages/operator/test/deploy/original-crd.yaml');
const originalPool = {
  topologyLabel: 'egressGateway',
  cidrAssignments: [{ CIDR: '192.169.0.0/24', labelValue: 'true', reservedIPs: ['192.169.0.5'] }],
};

const definitionOf = (group: string, kind: string, plural: string, scope = 'Namespaced'): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope,
    names: { kind, plural },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

/** Kinds of the Prometheus operator and of OpenShift, whose own definitions are long: served, and not looked into. */
const foreignKinds = [
  ...['ServiceMonitor', 'PodMonitor', 'PrometheusRule'].map((kind) =>
    definitionOf('monitoring.coreos.com', kind, `${kind.toLowerCase()}s`),
  ),
  definitionOf('security.openshift.io', 'SecurityContextConstraints', 'securitycontextconstraints', 'Cluster'),
];

describe('the chart on a real API server', unless(findEnvtestAssets() === undefined, noRealServer), () => {
  let server: Envtest;
  let rest: RestClient;
  let folder: string;
  let kubeconfig: string;

  beforeAll(async () => {
    server = await startEnvtest();
    rest = server.client();
    folder = mkdtempSync(join(tmpdir(), 'chart-'));
    kubeconfig = join(folder, 'kubeconfig');
    await server.writeKubeconfig(kubeconfig);
    for (const name of [
      releaseName,
      'elsewhere',
      'of-pods',
      'openshift-machine-api',
      'openshift-cloud-credential-operator',
    ]) {
      await new ResourceClient(rest, namespaces).create({
        metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      });
    }
    for (const name of [releaseName, 'egress', 'made-by-others'])
      await new ResourceClient(rest, serviceAccounts).create({ metadata: { name, namespace: 'of-pods' } });
    await new ResourceClient(rest, namespaces).create({ metadata: { name: 'kube-node-lease' } }).catch(() => undefined);
    const stubs = join(folder, 'stubs.yaml');
    writeFileSync(stubs, foreignKinds.map((kind) => stringify(kind)).join('---\n'));
    await installCrds(rest, [stubs, originalDefinition]);
    await new ResourceClient(rest, pools).create({
      apiVersion: 'redhatcop.redhat.io/v1alpha1',
      kind: 'EgressIPAM',
      metadata: { name: 'of-the-original' },
      spec: originalPool,
    });
  }, 120_000);
  afterAll(async () => {
    rest?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it(
    'takes what every set of values makes, and the pods that come of it',
    { timeout: 120_000, ...unless(helm4 === '' || kubectl === '', noKubectl) },
    () => {
      const objects = valueSets
        .map(({ values }) => parseManifests(helmTemplate(helm4, { values })))
        .flatMap((made) => [...made, podOf(made)]);
      const items = [...new Set(objects.map((object) => JSON.stringify(object)))].map((text): unknown =>
        JSON.parse(text),
      );
      const applied = execFileSync(
        kubectl,
        [
          '--kubeconfig',
          kubeconfig,
          'apply',
          '--server-side',
          '--force-conflicts',
          '--dry-run=server',
          '--validate=strict',
          '-f',
          '-',
        ],
        {
          input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
          encoding: 'utf8',
          stdio: ['pipe', 'pipe', 'pipe'],
        },
      );
      expect(applied.trim().split('\n')).toHaveLength(items.length);
    },
  );

  describe.each(helms)('with $name', ({ name, helm }) => {
    const run = (...args: readonly string[]): string => runHelm(helm, [...args, '--kubeconfig', kubeconfig]);
    const install = (...args: readonly string[]): string =>
      run('upgrade', '--install', releaseName, deployPath(chartFolder), '--namespace', releaseName, ...args);
    /** As a user does who knows the repository alone. */
    const installFromIndex = async (): Promise<void> => {
      const charts = join(folder, `charts-${name}`);
      runHelm(helm, ['package', deployPath(chartFolder), '--destination', charts]);
      const served = await serveFolder(charts);
      try {
        runHelm(helm, ['repo', 'index', charts, '--url', served.address]);
        const chart = ['egressip-ipam-operator', '--repo', served.address, '--repository-cache', charts];
        const flags = ['--namespace', releaseName, '--kubeconfig', kubeconfig];
        await promisify(execFile)(helm, ['install', releaseName, ...chart, ...flags]);
      } finally {
        served.stop();
      }
    };
    const poolSpec = async (): Promise<unknown> =>
      (await new ResourceClient(rest, pools).get({ name: 'of-the-original' }))['spec'];
    const schema = async (): Promise<string> =>
      JSON.stringify((await new ResourceClient(rest, definitions).get({ name: definitionName }))['spec']);

    it(
      "is installed over the original's definition, upgraded to the next one, refused elsewhere and uninstalled, and no pool changes",
      { timeout: 120_000, ...unless(helm === '', noHelm) },
      async () => {
        // As the original left it: nobody's.
        await new ResourceClient(rest, definitions).mergePatch(
          { name: definitionName },
          { metadata: { labels: null, annotations: null } },
        );
        await rest.request('PATCH', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definitionName}`, {
          body: parse(readFileSync(originalDefinition, 'utf8')),
          contentType: 'application/merge-patch+json',
        });
        expect(await schema()).not.toContain('coolDown');
        expect(() => install()).toThrow(
          /CustomResourceDefinition "?egressipams.redhatcop.redhat.io"?.*(cannot be imported|exists)/s,
        );
        install('--take-ownership', ...(name === 'helm4' ? ['--force-conflicts'] : []));
        expect(await schema()).toContain('coolDown');
        expect(await poolSpec()).toEqual(originalPool);

        const next = nextChart(folder);
        run('upgrade', releaseName, next, '--namespace', releaseName);
        expect(await schema()).toContain('fieldOfTheNextVersion');
        expect(await poolSpec()).toEqual(originalPool);

        expect(() => run('install', 'second', deployPath(chartFolder), '--namespace', 'elsewhere')).toThrow(
          'EgressIP IPAM is in this cluster already: release egressip-ipam-operator in namespace egressip-ipam-operator.',
        );
        expect(() =>
          run(
            'install',
            'second',
            deployPath(chartFolder),
            '--namespace',
            releaseName,
            '--set',
            'fullnameOverride=other',
          ),
        ).toThrow('EgressIP IPAM is in this cluster already');

        run('uninstall', releaseName, '--namespace', releaseName);
        expect(await schema()).toContain('fieldOfTheNextVersion');
        expect(await poolSpec()).toEqual(originalPool);
        const byManifests = { name: 'by-manifests', labels: { 'app.kubernetes.io/part-of': 'egressip-ipam' } };
        await new ResourceClient(rest, clusterRoles).create({ metadata: byManifests });
        expect(() => install('--take-ownership')).toThrow('EgressIP IPAM is in this cluster already, not by Helm');
        await new ResourceClient(rest, clusterRoles).delete({ name: byManifests.name });
        // The kept definition is still the release's: it is installed again without more ado.
        await installFromIndex();
        expect(run('list', '--namespace', releaseName)).toMatch(/egressip-ipam-operator\s.*\sdeployed\s/);
        run('uninstall', releaseName, '--namespace', releaseName);
      },
    );
  });
});

/** A pod as the ReplicaSet would make it: what admission refuses is refused here, not in the cluster. */
function podOf(objects: readonly Manifest[]): Manifest {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as
    | (Manifest & { readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } } })
    | undefined;
  if (deployment === undefined) throw new Error('there is no Deployment');
  const { metadata, spec } = deployment.spec.template;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'operator', namespace: 'of-pods' }, spec };
}
