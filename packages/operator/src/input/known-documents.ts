import type { ClusterSnapshot } from '@egressip-ipam/core';
import { isObservation } from './observation.ts';

/** API groups of the kinds that a snapshot is made of. Other groups' kinds of the same name are not meant. */
const groups: Readonly<Record<string, string>> = {
  EgressIPAM: 'redhatcop.redhat.io',
  Namespace: '',
  Node: '',
  HostSubnet: 'network.openshift.io',
  NetNamespace: 'network.openshift.io',
  EgressIP: 'k8s.ovn.org',
  CloudPrivateIPConfig: 'cloud.network.openshift.io',
  Infrastructure: 'config.openshift.io',
  ProviderObservation: 'egressip-ipam.io',
};

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind of a document: undefined where it has none, `other` where it is none of ours. */
export function kindOf(object: unknown): string | undefined {
  if (!isRecord(object) || typeof object['kind'] !== 'string') return undefined;
  const { kind, apiVersion } = object;
  const known = Object.hasOwn(groups, kind) ? groups[kind] : undefined;
  if (known === undefined) return 'other';
  if (typeof apiVersion !== 'string') return kind;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return known === group ? kind : 'other';
}

/** Whether a document says that it is a saved ClusterSnapshot. */
export function claimsToBeSnapshot(object: unknown): boolean {
  return isRecord(object) && 'formatVersion' in object && !('kind' in object);
}

const snapshotLists = ['egressIPAMs', 'namespaces', 'nodes', 'hostSubnets', 'netNamespaces', 'egressIPs', 'cloudPrivateIPConfigs'] as const;

/** What each entry of a list must have beside its name, so that a plan can be made. */
const listsOfEntries: Readonly<Record<(typeof snapshotLists)[number], readonly string[]>> = {
  egressIPAMs: ['cidrAssignments'],
  namespaces: [],
  nodes: ['addresses'],
  hostSubnets: ['egressIPs', 'egressCIDRs'],
  netNamespaces: ['egressIPs'],
  egressIPs: ['egressIPs', 'assigned'],
  cloudPrivateIPConfigs: [],
};

/** What keeps a document from being a ClusterSnapshot: the field and what is expected there. Undefined when nothing does. */
export function snapshotProblem(object: unknown): { readonly field: string; readonly message: string } | undefined {
  if (!isRecord(object) || object['formatVersion'] !== 1) return { field: 'formatVersion', message: '1 is expected; this snapshot is from another version' };
  const { network, infrastructure, provider } = object;
  if (!isRecord(network) || (network['kind'] !== 'openshift-sdn' && network['kind'] !== 'ovn-kubernetes')) return { field: 'network.kind', message: 'openshift-sdn or ovn-kubernetes is expected' };
  if (!isRecord(infrastructure) || !Array.isArray(infrastructure['virtualIPs'])) return { field: 'infrastructure.virtualIPs', message: 'a list is expected' };
  if (!isRecord(provider) || typeof provider['name'] !== 'string') return { field: 'provider.name', message: 'a text is expected' };
  if (provider['observation'] !== undefined && !isObservation(provider['observation'])) return { field: 'provider.observation', message: 'the lists nodes and cidrs are expected' };
  for (const list of snapshotLists) {
    const entries = object[list];
    if (!Array.isArray(entries)) return { field: list, message: 'a list is expected' };
    for (const [index, entry] of (entries as unknown[]).entries()) {
      if (!isRecord(entry) || typeof entry['name'] !== 'string') return { field: `${list}[${index}]`, message: 'an object with a name is expected' };
      const missing = listsOfEntries[list].find((field) => !Array.isArray(entry[field]));
      if (missing !== undefined) return { field: `${list}[${index}].${missing}`, message: 'a list is expected' };
    }
  }
  return undefined;
}

/** Whether a document is a ClusterSnapshot as far as {@link snapshotProblem} looks. */
export function isSnapshot(object: unknown): object is ClusterSnapshot {
  return snapshotProblem(object) === undefined;
}
