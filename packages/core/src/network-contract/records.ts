import { formatAddress, type Address } from '../address/address.ts';
import type { Finding, ObjectReference } from '../finding/finding.ts';
import type { NetworkView } from './facts.ts';

/**
 * Whether our record of a namespace confirms an object that has our name and label, where its managed fields do not
 * tell who made it: they have an address in common. What names no address takes nothing from anybody.
 */
export function isOnRecord(
  { recordOf }: Pick<NetworkView, 'recordOf'>,
  namespace: string,
  addresses: readonly Address[],
): boolean {
  const record = recordOf(namespace);
  return record.length > 0 && (addresses.length === 0 || addresses.some((address) => record.includes(address)));
}

/**
 * Makes a judge of parsed objects that have our name and label: those that our record does not confirm, where it has
 * to, are somebody else's. The list itself where all are confirmed.
 *
 * @param isUnproven whether an object awaits our record, which does not confirm it
 * @param asOthers the same object as somebody else's; asked once for each
 */
export function createJudge<Parsed extends object>(
  isUnproven: (parsed: Parsed, view: NetworkView) => boolean,
  asOthers: (parsed: Parsed) => Parsed,
): (all: readonly Parsed[], view: NetworkView) => readonly Parsed[] {
  const others = new WeakMap<Parsed, Parsed>();
  const disowned = (parsed: Parsed): Parsed => {
    const known = others.get(parsed) ?? asOthers(parsed);
    others.set(parsed, known);
    return known;
  };
  return (all, view) =>
    all.some((parsed) => isUnproven(parsed, view))
      ? all.map((parsed) => (isUnproven(parsed, view) ? disowned(parsed) : parsed))
      : all;
}

/** The finding about an object that has our label, while nothing says that we made it (law 5). */
export function reportUnproven(object: ObjectReference, addresses: readonly Address[]): Finding {
  const texts = addresses.map(formatAddress);
  return {
    code: 'OwnershipUnproven',
    severity: 'warning',
    object,
    message:
      `${object.kind} ${object.name} has this project's label, and neither its managed fields nor the record of its ` +
      'namespace says that this project made it: it stays as it is, and what it names is in use. Delete it if ' +
      'nobody needs it, or take the label off',
    ...(texts.length === 0 ? {} : { addresses: texts }),
  };
}
