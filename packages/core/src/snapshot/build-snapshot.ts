import { compareNames } from '../parse/memo.ts';
import type { ClusterSnapshot } from './snapshot.ts';

/** A snapshot with every list sorted by name; lists that are not given are empty. */
export function buildSnapshot(parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>): ClusterSnapshot {
  return {
    ...parts,
    formatVersion: 1,
    network: parts.network ?? { kind: 'openshift-sdn' },
    infrastructure: parts.infrastructure ?? { virtualIPs: [] },
    provider: parts.provider ?? { name: 'baremetal', attach: false, cloud: false, observationRequired: false },
    egressIPAMs: sorted(parts.egressIPAMs),
    namespaces: sorted(parts.namespaces),
    nodes: sorted(parts.nodes),
    hostSubnets: sorted(parts.hostSubnets),
    netNamespaces: sorted(parts.netNamespaces),
    egressIPs: sorted(parts.egressIPs),
    cloudPrivateIPConfigs: sorted(parts.cloudPrivateIPConfigs),
  };
}

function sorted<Entry extends { readonly name: string }>(entries: readonly Entry[] | undefined): readonly Entry[] {
  return [...(entries ?? [])].sort((a, b) => compareNames(a.name, b.name));
}
