import { parseCidr } from '../address/cidr.ts';
import type { ClusterObjects, ClusterRead } from '../provider-contract/cluster-objects.ts';
import type { ProviderDescription } from '../provider-contract/contract.ts';
import { asRecord } from '../snapshot/object-reader.ts';
import type { EgressIPAMSnapshot } from '../snapshot/snapshot.ts';

/**
 * Whether an object of a kind is one of those that are read: of some kinds it is those of one namespace, or of one
 * name. Where nobody says which namespace is the operator's, none is in it.
 */
export function isReadBy({ namespace, name }: ClusterRead, object: unknown, operatorNamespace?: string): boolean {
  const metadata = asRecord(asRecord(object)['metadata']);
  const place = typeof namespace === 'object' ? operatorNamespace : namespace;
  return (
    (namespace === undefined || (place !== undefined && metadata['namespace'] === place)) &&
    (name === undefined || metadata['name'] === name)
  );
}

/** Whether objects are all that a provider would need to look at its platform, and they are there. */
export function isSeenIn(provider: ProviderDescription, objects: ClusterObjects): boolean {
  if (provider.fromObjects === undefined) return false;
  return (
    provider.isEquipped?.({ objects, environment: {} }) ??
    provider.fromObjects.kinds.some(({ resource }) => objects(resource.kind).length > 0)
  );
}

/** The canonical CIDRs of EgressIPAMs, each once: what a provider is asked about. */
export function cidrsOf(egressIPAMs: readonly Pick<EgressIPAMSnapshot, 'cidrAssignments'>[]): readonly string[] {
  const texts = egressIPAMs.flatMap(({ cidrAssignments }) =>
    cidrAssignments.flatMap(({ CIDR }) => parseCidr(CIDR)?.cidr.text ?? []),
  );
  return [...new Set(texts)].sort();
}
