import { readFileSync } from 'node:fs';
import { parse, parseDocument, stringify } from 'yaml';
import { parseManifests, type Manifest } from '../objects/manifest.ts';
import type { Values } from '../objects/values.ts';
import { deployPath, releaseName } from '../paths.ts';
import { readProject, type Project } from '../project.ts';
import { channelsOf } from '../release/catalog.ts';
import { helmTemplate } from './helm-template.ts';
import type { Files } from './manifests.ts';

/** The bundle is for OpenShift: all of its parts, and what its console and Prometheus read. */
const bundleValues: Values = {
  openshift: true,
  crds: { enabled: false },
  aws: { enabled: true },
  monitoring: { enabled: true, dashboard: { enabled: false } },
};

interface Base {
  readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations: object };
  readonly spec: object;
}

/** Pods go where there is an image for: a cluster of OpenShift may have nodes of several architectures. */
function affinityTo({ metadata: { labels } }: Base): Values {
  const oneOf = (what: 'arch' | 'os'): object => {
    const label = `operatorframework.io/${what}.`;
    const values = Object.keys(labels).filter((name) => name.startsWith(label));
    return { key: `kubernetes.io/${what}`, operator: 'In', values: values.map((name) => name.slice(label.length)) };
  };
  const nodeSelectorTerms = [{ matchExpressions: [oneOf('arch'), oneOf('os')] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

/** Kinds that stand in the ClusterServiceVersion; the rest are files beside it. */
const inVersion: ReadonlySet<string> = new Set(['Deployment', 'ServiceAccount']);

interface Role extends Manifest {
  readonly rules: readonly unknown[];
}

interface Binding extends Manifest {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
}

/** The bundle `olm`, from the chart. */
export function renderBundle(helm: string): Files {
  const project = readProject();
  const labels = bundleLabels(channelsOf(project.version));
  const base = parse(readFileSync(deployPath('olm/base.clusterserviceversion.yaml'), 'utf8')) as Base;
  const values = { ...bundleValues, affinity: affinityTo(base) };
  const objects = parseManifests(helmTemplate(helm, { values })).map(withoutHelm);
  const bindings = objects.filter(
    (object): object is Binding =>
      'roleRef' in object &&
      (object as Binding).subjects.some(({ kind, name }) => kind === 'ServiceAccount' && name === releaseName),
  );
  const granted = objects.filter((object): object is Role =>
    bindings.some(
      ({ roleRef, metadata }) =>
        roleRef.kind === object.kind &&
        roleRef.name === object.metadata.name &&
        metadata.namespace === object.metadata.namespace,
    ),
  );
  const beside = objects.filter(
    (object) =>
      !inVersion.has(object.kind) &&
      !granted.some((role) => role === object) &&
      !bindings.some((binding) => binding === object),
  );
  return new Map([
    [
      `olm/manifests/${releaseName}.clusterserviceversion.yaml`,
      stringify(clusterServiceVersion(project, base, objects, granted), { lineWidth: 0, compat: 'yaml-1.1' }),
    ],
    ...beside.map(
      (object) =>
        [
          `olm/manifests/${object.metadata.name}_${object.kind.toLowerCase()}.yaml`,
          stringify(withoutNamespace(object), { lineWidth: 0, compat: 'yaml-1.1' }),
        ] as const,
    ),
    [
      'olm/manifests/redhatcop.redhat.io_egressipams.yaml',
      readFileSync(deployPath('crds/redhatcop.redhat.io_egressipams.yaml'), 'utf8'),
    ],
    ['olm/metadata/annotations.yaml', stringify({ annotations: labels })],
    ['olm/bundle.Dockerfile', dockerfile(labels)],
  ]);
}

function clusterServiceVersion(
  project: Project,
  { metadata, spec, ...rest }: Base,
  objects: readonly Manifest[],
  granted: readonly Role[],
): object {
  const image = `${project.image}:${project.version}`;
  const rulesOf = (own: boolean): readonly unknown[] =>
    granted.filter(({ metadata: { namespace } }) => (namespace === releaseName) === own).flatMap(({ rules }) => rules);
  return {
    ...rest,
    metadata: {
      name: `${releaseName}.v${project.version}`,
      ...metadata,
      annotations: {
        ...metadata.annotations,
        'alm-examples': JSON.stringify([example()], null, 2),
        containerImage: image,
        'olm.skipRange': `<${project.version}`,
        repository: project.repository,
      },
    },
    spec: {
      ...spec,
      version: project.version,
      minKubeVersion: '1.23.0',
      links: [
        { name: 'Source', url: project.repository },
        { name: 'Documentation', url: `${project.repository}/tree/main/docs` },
      ],
      icon: [{ base64data: readFileSync(deployPath('icon.svg')).toString('base64'), mediatype: 'image/svg+xml' }],
      relatedImages: [{ name: 'operator', image }],
      install: {
        strategy: 'deployment',
        spec: {
          permissions: [{ serviceAccountName: releaseName, rules: rulesOf(true) }],
          // A bundle has no Roles for other namespaces.
          clusterPermissions: [{ serviceAccountName: releaseName, rules: rulesOf(false) }],
          deployments: objects
            .filter(({ kind }) => kind === 'Deployment')
            .map(({ metadata: { name, labels }, spec: deployment }) => ({ name, label: labels, spec: deployment })),
        },
      },
    },
  };
}

/** The pool that the console offers to begin with: the one of the chart. */
function example(): unknown {
  const text = parseDocument(readFileSync(deployPath('helm/egressip-ipam-operator/Chart.yaml'), 'utf8')).getIn([
    'annotations',
    'artifacthub.io/crdsExamples',
  ]);
  const [pool] = parse(String(text)) as readonly unknown[];
  return pool;
}

const bundleLabels = (channels: readonly string[]): Readonly<Record<string, string>> => ({
  'operators.operatorframework.io.bundle.mediatype.v1': 'registry+v1',
  'operators.operatorframework.io.bundle.manifests.v1': 'manifests/',
  'operators.operatorframework.io.bundle.metadata.v1': 'metadata/',
  'operators.operatorframework.io.bundle.package.v1': releaseName,
  'operators.operatorframework.io.bundle.channels.v1': channels.join(','),
  'operators.operatorframework.io.bundle.channel.default.v1': channels[0] ?? '',
  'com.redhat.openshift.versions': 'v4.10',
});

function dockerfile(labels: Readonly<Record<string, string>>): string {
  const lines = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return `# Built from deploy/olm: docker build -f bundle.Dockerfile .\nFROM scratch\nLABEL ${lines.join(' \\\n      ')}\nCOPY manifests /manifests/\nCOPY metadata /metadata/\n`;
}

function withoutHelm(object: Manifest): Manifest {
  const { ['app.kubernetes.io/managed-by']: _helm, ...labels } = object.metadata.labels ?? {};
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** The Operator Lifecycle Manager puts what has no namespace into that of the operator. */
function withoutNamespace(object: Manifest): object {
  const { namespace: _own, ...metadata } = object.metadata;
  return { ...object, metadata };
}
