import fc from 'fast-check';

/** Something that happens in a cluster. Numbers choose objects; what they choose need not exist. */
export type Happening =
  | { readonly type: 'namespace-added'; readonly which: number; readonly input: number | undefined }
  | { readonly type: 'namespace-removed'; readonly which: number }
  | { readonly type: 'opted-out'; readonly which: number }
  | { readonly type: 'switched'; readonly which: number }
  | { readonly type: 'asked'; readonly which: number; readonly input: number }
  | { readonly type: 'garbled'; readonly which: number }
  | { readonly type: 'node-flipped'; readonly which: number }
  | { readonly type: 'node-cordoned'; readonly which: number }
  | { readonly type: 'node-leaving'; readonly which: number }
  | { readonly type: 'node-removed'; readonly which: number }
  | { readonly type: 'node-added'; readonly which: number }
  | { readonly type: 'node-relabelled'; readonly which: number }
  | { readonly type: 'pool-resized'; readonly prefix: number }
  | { readonly type: 'pool-drained'; readonly which: number }
  | { readonly type: 'destinations-changed'; readonly which: number }
  | { readonly type: 'pool-deleted' }
  | { readonly type: 'hosted-by-hand'; readonly which: number; readonly address: number }
  | { readonly type: 'steps'; readonly choices: readonly number[] };

const which = fc.nat({ max: 7 });
const input = fc.nat({ max: 40 });
const of = <Type extends string>(type: Type): { readonly type: fc.Arbitrary<Type> } => ({ type: fc.constant(type) });
const weighted = (weight: number, arbitrary: fc.Arbitrary<Happening>): fc.WeightedArbitrary<Happening> => ({
  weight,
  arbitrary,
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  weighted(4, fc.record({ ...of('namespace-added'), which, input: fc.option(input, { nil: undefined, freq: 3 }) })),
  weighted(1, fc.record({ ...of('namespace-removed'), which })),
  weighted(1, fc.record({ ...of('opted-out'), which })),
  weighted(1, fc.record({ ...of('switched'), which })),
  weighted(1, fc.record({ ...of('asked'), which, input })),
  weighted(1, fc.record({ ...of('garbled'), which })),
  weighted(3, fc.record({ ...of('node-flipped'), which })),
  weighted(1, fc.record({ ...of('node-cordoned'), which })),
  weighted(1, fc.record({ ...of('node-leaving'), which })),
  weighted(1, fc.record({ ...of('node-removed'), which })),
  weighted(1, fc.record({ ...of('node-added'), which })),
  weighted(1, fc.record({ ...of('node-relabelled'), which })),
  weighted(1, fc.record({ ...of('pool-resized'), prefix: fc.integer({ min: 26, max: 30 }) })),
  weighted(1, fc.record({ ...of('pool-drained'), which })),
  weighted(1, fc.record({ ...of('destinations-changed'), which })),
  weighted(1, fc.record(of('pool-deleted'))),
  weighted(1, fc.record({ ...of('hosted-by-hand'), which, address: input })),
  weighted(8, fc.record({ ...of('steps'), choices: fc.array(fc.nat({ max: 50 }), { maxLength: 12 }) })),
);

/** How the two CIDRs of the first EgressIPAM share nodes, and whether it has two at all. */
export type Topology = 'one-zone-twice' | 'two-zones' | 'one-cidr';

/** A cluster to begin with, and what happens in it. */
export interface History {
  readonly topology: Topology;
  readonly nodes: number;
  /** Addresses that an interface can carry, on a platform with interfaces. */
  readonly limit: number | undefined;
  readonly happenings: readonly Happening[];
}

/** Random histories. */
export const histories: fc.Arbitrary<History> = fc.record({
  topology: fc.constantFrom<Topology>('one-zone-twice', 'two-zones', 'one-cidr'),
  nodes: fc.integer({ min: 1, max: 6 }),
  limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  happenings: fc.array(happening, { minLength: 5, maxLength: 40 }),
});
