import { defaultPodsPerNamespace, formatAddress, type DoubtedAttachment } from '@egressip-ipam/core';
import { recordsOf } from '@egressip-ipam/core/plugin';
import type { ClusterStore } from '../store/cluster-store.ts';

/** What the network's objects have on record as put on nodes by this project. */
export function recordedAttachments(store: ClusterStore): readonly DoubtedAttachment[] {
  const { backend } = store.network;
  const { objects, settings = {} } = store.networkSnapshot;
  const { hosts } = backend.createFactsReader().read({
    objects,
    settings,
    nodes: store.machines,
    platform: { isCloud: true, attaches: true },
    claimantOf: () => undefined,
    recordOf: recordsOf({ namespaces: store.namespaces.list(), egressIPAMs: store.egressIPAMs.list() }),
    podsPerNamespaceOf: () => defaultPodsPerNamespace,
    refused: [],
    time: undefined,
  });
  return hosts.flatMap(({ hosted }) =>
    [...hosted].filter(({ ours }) => ours).map(({ node, address }) => ({ node, address: formatAddress(address) })),
  );
}
