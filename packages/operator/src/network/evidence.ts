import {
  readClusterNetworks,
  type ClusterEvidence,
  type NetworkBackend,
  type ResourceReference,
  type ServedKind,
} from '@egressip-ipam/core';
import { asRecord, isRecord } from '@egressip-ipam/core/plugin';
import { groupOf } from './resources.ts';

/** How evidence names a kind: `PLURAL.GROUP`, as its definition is called. */
export function kindKey({ plural, group }: Pick<ResourceReference, 'plural' | 'group'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** A node with what is written on it. */
export function nodeEvidence(object: unknown): ClusterEvidence['nodes'][number] {
  const metadata = asRecord(asRecord(object)['metadata']);
  const { name } = metadata;
  return {
    name: typeof name === 'string' ? name : '',
    labels: textsOf(metadata['labels']),
    annotations: textsOf(metadata['annotations']),
  };
}

/**
 * What OpenShift's `Network` tells: which network it is, and with others, such as its operator's of that name, its
 * CIDRs.
 */
export function networkEvidence(
  object: unknown,
  others: readonly unknown[] = [],
): Pick<ClusterEvidence, 'announced' | 'clusterNetworks'> {
  const { networkType } = asRecord(asRecord(object)['status']);
  const clusterNetworks = [...new Set([object, ...others].flatMap(readClusterNetworks))];
  return {
    ...(typeof networkType === 'string' && networkType !== '' ? { announced: networkType } : {}),
    ...(clusterNetworks.length === 0 ? {} : { clusterNetworks }),
  };
}

/** What an OpenAPI document and a CustomResourceDefinition tell of a kind, as far as they are there. */
export function definitionOf(
  resource: ResourceReference,
  document: unknown,
  definition: unknown,
): Omit<ServedKind, 'isUsed'> {
  const schema = schemaIn(document, resource) ?? schemaInDefinition(definition, resource);
  const labels = textsOf(asRecord(asRecord(definition)['metadata'])['labels']);
  return {
    ...(schema === undefined ? {} : { specFields: specFieldsOf(schema) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

/**
 * What files tell: kinds that occur in them, or that definitions in them make, and nodes.
 *
 * @param objects raw Kubernetes objects, whatever they are
 */
export function evidenceIn(objects: readonly unknown[], backends: readonly NetworkBackend[]): ClusterEvidence {
  const byKind = groupByKind(objects);
  const definitions = new Map(
    byKind('apiextensions.k8s.io', 'CustomResourceDefinition').map((object) => [
      asRecord(object['metadata'])['name'],
      object,
    ]),
  );
  const served = new Map<string, ServedKind>();
  for (const { resource, otherApiVersions = [], namespace, name } of backends.flatMap(({ kinds }) => kinds)) {
    const groups = [resource.group, ...otherApiVersions.map(groupOf)];
    const isUsed = groups
      .flatMap((group) => byKind(group, resource.kind))
      .some((object) => {
        const metadata = asRecord(object['metadata']);
        return (
          (name === undefined || metadata['name'] === name) &&
          (namespace === undefined || metadata['namespace'] === namespace)
        );
      });
    const definition = definitions.get(kindKey(resource));
    if (isUsed || definition !== undefined)
      served.set(kindKey(resource), { isUsed, ...definitionOf(resource, undefined, definition) });
  }
  const [network, ofOperator] = ['config.openshift.io', 'operator.openshift.io'].map((group) =>
    byKind(group, 'Network').find((object) => asRecord(object['metadata'])['name'] === 'cluster'),
  );
  const asked = new Set(backends.flatMap(({ configMaps = [] }) => configMaps));
  const maps = byKind('', 'ConfigMap').flatMap((object) => {
    const metadata = asRecord(object['metadata']);
    const key = `${String(metadata['namespace'])}/${String(metadata['name'])}`;
    return asked.has(key) ? [[key, textsOf(object['data'])] as const] : [];
  });
  return {
    served,
    isOfFiles: true,
    nodes: byKind('', 'Node').map(nodeEvidence),
    ...networkEvidence(network, [ofOperator]),
    configMaps: new Map(maps),
  };
}

type RawObject = Readonly<Record<string, unknown>>;

function groupByKind(objects: readonly unknown[]): (group: string, kind: string) => readonly RawObject[] {
  const byKind = new Map<string, RawObject[]>();
  for (const object of objects) {
    if (!isRecord(object)) continue;
    const { apiVersion, kind } = object;
    const key = `${groupOf(typeof apiVersion === 'string' ? apiVersion : '')}/${String(kind)}`;
    const known = byKind.get(key);
    if (known === undefined) byKind.set(key, [object]);
    else known.push(object);
  }
  return (group, kind) => byKind.get(`${group}/${kind}`) ?? [];
}

function schemaIn(document: unknown, { group, version, kind }: ResourceReference): unknown {
  const schemas = asRecord(asRecord(asRecord(document)['components'])['schemas']);
  return Object.values(schemas).find((schema) => {
    const kinds = asRecord(schema)['x-kubernetes-group-version-kind'];
    return (
      Array.isArray(kinds) &&
      kinds
        .map(asRecord)
        .some((entry) => entry['group'] === group && entry['version'] === version && entry['kind'] === kind)
    );
  });
}

function schemaInDefinition(definition: unknown, { version }: ResourceReference): unknown {
  const { versions } = asRecord(asRecord(definition)['spec']);
  const found = Array.isArray(versions) ? versions.map(asRecord).find(({ name }) => name === version) : undefined;
  return asRecord(found?.['schema'])['openAPIV3Schema'];
}

/** The fields below `spec` down to a few levels, as paths: deeper ones tell no network from another. */
function specFieldsOf(schema: unknown): ReadonlySet<string> {
  const fields = new Set<string>();
  const visit = (value: unknown, path: string, depth: number): void => {
    const { properties, items } = asRecord(value);
    if (items !== undefined) visit(items, path, depth);
    for (const [name, field] of Object.entries(asRecord(properties))) {
      const below = path === '' ? name : `${path}.${name}`;
      fields.add(below);
      if (depth > 1) visit(field, below, depth - 1);
    }
  };
  visit(asRecord(asRecord(schema)['properties'])['spec'], '', 3);
  return fields;
}

/** So many labels, and annotations, of a node are looked at: its kubelet may write as many as fit into an object. */
const mostTexts = 512;

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(asRecord(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts.slice(0, mostTexts));
}
