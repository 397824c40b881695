import type { Claimant, NetworkView } from '../network-contract/facts.ts';
import { namespaceNamed } from '../parse/namespace-named.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';

const noSettings = {};
const noLabels = {};

/** What a back end is shown of a snapshot. */
export function networkView({ source, namespaces, time }: ParsedSnapshot): NetworkView {
  const { network, provider, nodes, refused = [] } = source;
  return {
    objects: network.objects,
    settings: network.settings ?? noSettings,
    nodes,
    platform: { isCloud: provider.cloud, attaches: provider.attach },
    claimantOf: (name) => claimantIn(namespaces, name),
    refused,
    time,
  };
}

function claimantIn(namespaces: readonly ParsedNamespace[], name: string): Claimant | undefined {
  const found = namespaceNamed(namespaces, name);
  if (found?.egressIPAM === undefined) return undefined;
  return { listed: found.listed, labels: found.source.labels ?? noLabels };
}
