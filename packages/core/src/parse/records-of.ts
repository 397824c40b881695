import type { Address } from '../address/address.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { parseAddresses } from './parse-lists.ts';
import { parseNamespace } from './parse-namespace.ts';

const none: readonly never[] = [];

/** What is on record of each namespace; nothing is looked at before somebody asks. */
export function recordsOf({
  namespaces,
  egressIPAMs,
  departed = none,
}: Pick<ClusterSnapshot, 'namespaces' | 'egressIPAMs' | 'departed'>): (namespace: string) => readonly Address[] {
  let records: ReadonlyMap<string, readonly Address[]> | undefined;
  return (namespace) => {
    records ??= readRecords(namespaces, [...departed, ...egressIPAMs.flatMap(({ released = none }) => released)]);
    return records.get(namespace) ?? none;
  };
}

function readRecords(
  namespaces: ClusterSnapshot['namespaces'],
  given: readonly { readonly namespace: string; readonly addresses: readonly string[] }[],
): ReadonlyMap<string, readonly Address[]> {
  const records = new Map<string, Address[]>();
  const note = (name: string, addresses: readonly Address[]): void => {
    const known = records.get(name);
    if (known === undefined) records.set(name, [...addresses]);
    else known.push(...addresses);
  };
  for (const source of namespaces) {
    const { allocated, listed } = parseNamespace(source);
    note(source.name, [...(allocated?.addresses ?? none), ...listed]);
  }
  for (const { namespace, addresses } of given) note(namespace, parseAddresses(addresses));
  return records;
}
