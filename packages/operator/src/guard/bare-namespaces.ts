import type { Allocation, FindingCode, Plan } from '@egressip-ipam/core';

/** A family of addresses. */
export type Family = 4 | 6;

const both: readonly Family[] = [4, 6];

/** The namespaces some of whose traffic would leave with addresses of nodes, and of which families. */
export function bareNamespaces(
  { waiting, allocations }: Pick<Plan, 'waiting' | 'allocations'>,
  exceptions: readonly FindingCode[],
): ReadonlyMap<string, readonly Family[]> {
  const bare = new Map(waiting.map(({ namespace }) => [namespace, both]));
  for (const allocation of allocations) {
    const families = bareFamilies(allocation);
    if (families.length > 0) bare.set(allocation.namespace, families);
    else bare.delete(allocation.namespace);
  }
  for (const { namespace, reason } of waiting) if (exceptions.includes(reason.code)) bare.delete(namespace);
  return bare;
}

/** What the label of an object says that keeps families in. */
export function labelOf(families: readonly Family[]): string {
  return families.length === both.length ? 'unassigned' : `unassigned-ipv${families.join()}`;
}

/**
 * What would leave with addresses of nodes. A node that is named may be gone, or the object may select something else
 * by now: what counts is what carries, also where it is being replaced.
 */
export function bareFamilies({ addresses, carried, carrying = [] }: Allocation): readonly Family[] {
  if (carried) return [];
  const had = new Set(addresses.map(familyOf));
  const missing = [...had].filter((family) => !carrying.some((address) => familyOf(address) === family));
  // Where nothing carries, nothing leaves, whatever family the namespace has no address of.
  return carrying.length === 0 ? both : missing;
}

function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}
