/** What a namespace has at one moment, once that is written down. */
export interface Holding {
  readonly egressIPAM: string;
  readonly addresses: readonly string[];
  /** The node of each address, in the same order; null: none, or the network has not said. */
  readonly nodes: readonly (string | null)[];
}

/** By namespace. */
export type Holdings = ReadonlyMap<string, Holding>;

/** An address and the node that has it, where one has. */
export interface Placement {
  readonly address: string;
  readonly node: string | null;
}

/** What happened to one namespace between two moments. */
export type Change =
  | {
      readonly kind: 'allocated';
      readonly namespace: string;
      readonly egressIPAM: string;
      readonly placements: readonly Placement[];
    }
  | {
      readonly kind: 'moved';
      readonly namespace: string;
      readonly egressIPAM: string;
      readonly address: string;
      readonly from: string | null;
      readonly to: string | null;
    }
  | {
      readonly kind: 'released';
      readonly namespace: string;
      readonly egressIPAM: string;
      readonly addresses: readonly string[];
    };

/**
 * Who gave back, got or moved addresses between two moments, in this order: the last that is said of an address is who
 * has it.
 */
export function changesBetween(before: Holdings, after: Holdings): readonly Change[] {
  const changes: Change[] = [];
  for (const [namespace, { egressIPAM, addresses }] of before) {
    const kept = after.get(namespace)?.addresses ?? [];
    const lost = kept === addresses ? [] : addresses.filter((address) => !kept.includes(address));
    if (lost.length > 0) changes.push({ kind: 'released', namespace, egressIPAM, addresses: lost });
  }
  for (const [namespace, holding] of after) {
    const had = before.get(namespace);
    if (had !== holding) changes.push(...gainsOf(namespace, had, holding));
  }
  return changes;
}

function gainsOf(
  namespace: string,
  before: Holding | undefined,
  { egressIPAM, addresses, nodes }: Holding,
): readonly Change[] {
  const nodeBefore = new Map(before?.addresses.map((address, index) => [address, before.nodes[index] ?? null]));
  const placements = addresses.map((address, index): Placement => ({ address, node: nodes[index] ?? null }));
  const changes: Change[] = [];
  const gained = placements.filter(({ address }) => !nodeBefore.has(address));
  if (gained.length > 0) changes.push({ kind: 'allocated', namespace, egressIPAM, placements: gained });
  for (const { address, node: to } of placements) {
    const from = nodeBefore.get(address);
    if (from !== undefined && from !== to) changes.push({ kind: 'moved', namespace, egressIPAM, address, from, to });
  }
  return changes;
}
