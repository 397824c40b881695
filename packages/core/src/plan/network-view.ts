import type { NetworkView } from '../network-contract/facts.ts';
import { defaultPodsPerNamespace } from '../network-contract/network-table.ts';
import { namespaceNamed } from '../parse/namespace-named.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { recordsOf } from '../parse/records-of.ts';

const noSettings = {};
const noLabels = {};

/** What a back end is shown of a snapshot. */
export function networkView({ source, egressIPAMs, namespaces, time }: ParsedSnapshot): NetworkView {
  const { network, provider, nodes, refused = [] } = source;
  const named = new Map(egressIPAMs.map((egressIPAM) => [egressIPAM.name, egressIPAM]));
  return {
    objects: network.objects,
    settings: network.settings ?? noSettings,
    nodes,
    platform: { isCloud: provider.cloud, attaches: provider.attach },
    claimantOf: (name) => {
      const found = namespaceNamed(namespaces, name);
      if (found?.egressIPAM === undefined) return undefined;
      const labels = found.source.labels ?? noLabels;
      return { listed: found.listed, labels, destinations: named.get(found.egressIPAM)?.destinations };
    },
    recordOf: recordsOf(source),
    podsPerNamespaceOf: (name) => named.get(name)?.podsPerNamespace ?? defaultPodsPerNamespace,
    refused,
    time,
  };
}
