import { describe, expect, it } from 'vitest';
import { formatAddress, type Address } from '../address/address.ts';
import type { BindingFacts, HostFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import type { EgressIPAMSnapshot, NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork, type Groundwork } from '../testing/groundwork.ts';
import type { Claim, Intent } from './claim.ts';
import { readClaims, type ClaimsRead } from './read-claims.ts';

interface World {
  readonly pool?: Partial<EgressIPAMSnapshot>;
  readonly bindings?: readonly BindingFacts[];
  readonly hosts?: readonly HostFacts[];
  readonly refused?: readonly Address[];
  readonly traits?: Partial<NetworkTraits>;
}

const of = (...texts: readonly string[]): readonly Address[] => parseAddresses(texts);

const binds = (texts: readonly string[], more: Partial<BindingFacts> = {}): BindingFacts => ({
  ...{ namespace: 'shop', object: { kind: 'Binding', name: 'shop' }, ours: true, unconfirmed: [] },
  ...{ addresses: of(...texts), ...more },
});

/** A network whose objects prove what namespaces have, one EgressIPAM with a CIDR in each of two zones, and another. */
function ground(namespaces: readonly NamespaceSnapshot[], { pool, bindings = [], hosts = [], traits }: World) {
  return groundwork(
    {
      nodes: [aNode('n1', 'a'), aNode('n2', 'b')],
      egressIPAMs: [
        anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'], pool),
        anEgressIPAM(['10.1.0.0/24=a'], { name: 'second' }),
      ],
      namespaces,
    },
    { bindings: new Map(bindings.map((binding) => [binding.namespace, binding])), hosts },
    { provesAllocations: true, ...traits },
  );
}

const readFrom = (found: Groundwork, refused: readonly Address[] = [], last: readonly Claim[] = []): ClaimsRead =>
  readClaims({ ...found, refused: new Set(refused), lastOf: (index) => last[index] });

function read(namespaces: readonly NamespaceSnapshot[], world: World = {}): ClaimsRead {
  return readFrom(ground(namespaces, world), world.refused);
}

/** The claim of the one namespace, its addresses and its intent in short. */
function claimOf(annotations: Partial<NamespaceSnapshot>, world: World = {}): unknown {
  return claimIn(read([aNamespace('shop', 0, annotations)], world));
}

function claimIn({ claims: [claim] }: ClaimsRead): unknown {
  if (claim === undefined) return undefined;
  const { kept, leaving, edited, isSettled, intent } = claim;
  return { kept: kept.map(formatAddress), leaving: leaving.map(formatAddress), edited, isSettled, ...inShort(intent) };
}

function inShort(intent: Intent): object {
  if (intent.kind === 'fill') {
    const [wishes, outgoing] = [intent.wishes.map(formatAddress), intent.outgoing.map(formatAddress)];
    return { intent: 'fill', cidrs: intent.assignments.map(({ cidr }) => cidr.text), wishes, outgoing };
  }
  if (intent.kind === 'input') return { intent: 'input', asks: intent.addresses.map(formatAddress) };
  return { intent: intent.kind === 'blocked' ? intent.finding.code : intent.kind };
}

const has = { egressIPs: '10.0.0.1,10.0.1.1', allocated: 'pool/10.0.0.1,10.0.1.1' };
const its = ['10.0.0.1', '10.0.1.1'];

describe('a namespace that names an EgressIPAM', () => {
  it('is settled where it has one address of each CIDR, on record and bound', () => {
    const settled = { kept: its, leaving: [], edited: false, isSettled: true, intent: 'keep' };
    expect(claimOf(has, { bindings: [binds(its)] })).toEqual(settled);
    const underWay = binds(its, { unconfirmed: of('10.0.0.9') });
    expect(claimOf(has, { bindings: [underWay] })).toEqual({ ...settled, isSettled: false });
  });

  it('lacks an address of each CIDR where it has none, and then of those alone that it has none of', () => {
    const both = { intent: 'fill', cidrs: ['10.0.0.0/24', '10.0.1.0/24'], wishes: [], outgoing: [] };
    expect(claimOf({})).toMatchObject({ kept: [], ...both });
    const bindings = [binds(['10.0.0.1'])];
    const one = { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' };
    expect(claimOf(one, { bindings })).toMatchObject({ kept: ['10.0.0.1'], intent: 'fill', cidrs: ['10.0.1.0/24'] });
  });

  it('law 11: has only wishes where nothing proves its record; where a network has no objects, the record does', () => {
    expect(claimOf(has)).toMatchObject({ kept: [], intent: 'fill', wishes: its });
    expect(claimOf(has, { traits: { provesAllocations: false } })).toMatchObject({ kept: its, intent: 'keep' });
  });

  it('law 2: keeps what is bound for it whatever its annotations lost or never said', () => {
    expect(claimOf({}, { bindings: [binds(its)] })).toMatchObject({ kept: its, intent: 'keep' });
    expect(claimOf({ egressIPs: has.egressIPs }, { bindings: [binds(its)] })).toMatchObject({ kept: its });
  });

  it('asks for what its owner wrote anew, and has what it had until that is decided', () => {
    const edited = { ...has, egressIPs: '10.0.0.7,10.0.1.1' };
    const asks = { kept: its, edited: true, intent: 'input', asks: ['10.0.0.7', '10.0.1.1'] };
    expect(claimOf(edited, { bindings: [binds(its)] })).toMatchObject(asks);
    const draining = [{ CIDR: '10.0.0.0/24', labelValue: 'a', drain: true }];
    expect(claimOf(edited, { bindings: [binds(its)], pool: { cidrAssignments: draining } })).toMatchObject({
      kept: its,
      intent: 'WaitingForAddress',
    });
  });

  it('loses what somebody else turned out to have before it carried its traffic, and never what carries it', () => {
    const refused = of('10.0.0.1');
    const world = { bindings: [binds(its)], refused };
    expect(claimOf(has, world)).toMatchObject({ kept: its });
    expect(claimOf(has, { ...world, traits: { boundCarries: false } })).toMatchObject({
      kept: ['10.0.1.1'],
      leaving: ['10.0.0.1'],
      intent: 'fill',
      cidrs: ['10.0.0.0/24'],
    });
  });

  it('keeps what it has while it names none that is there, or one that does not select it', () => {
    const bindings = [binds(its)];
    expect(claimOf({ ...has, egressIPAM: 'none' }, { bindings })).toMatchObject({
      kept: its,
      leaving: [],
      intent: 'EgressIPAMNotFound',
    });
    const pool = { namespaceSelector: { matchLabels: { egress: 'yes' } } };
    expect(claimOf({}, { bindings, pool })).toMatchObject({ kept: its, intent: 'NamespaceNotAllowed' });
  });

  it('is given nothing more once it is being deleted', () => {
    expect(claimOf({ deletedAt: '2026-01-31T00:00:00Z' })).toMatchObject({ kept: [], intent: 'keep' });
  });

  it('gives everything back to an EgressIPAM that is deleted', () => {
    const pool = { deletedAt: '2026-01-31T00:00:00Z' };
    expect(claimOf(has, { bindings: [binds(its)], pool })).toMatchObject({
      kept: [],
      leaving: its,
      intent: 'release',
    });
  });
});

describe('a namespace that names another EgressIPAM than before', () => {
  it('keeps the old addresses until it has the new ones, and then gives them back', () => {
    const switched = { ...has, egressIPAM: 'second' };
    const { claims } = read([aNamespace('shop', 0, switched)], { bindings: [binds(its)] });
    expect(claims[0]?.from?.name).toBe('pool');
    expect(claimOf(switched, { bindings: [binds(its)] })).toMatchObject({
      kept: its,
      intent: 'fill',
      cidrs: ['10.1.0.0/24'],
      outgoing: its,
    });
  });

  it('wishes for nothing that the other is said to have given and nothing proves', () => {
    expect(claimOf({ ...has, egressIPAM: 'second' })).toMatchObject({ kept: [], intent: 'fill', wishes: [] });
  });
});

describe('a namespace that names no EgressIPAM', () => {
  const { egressIPAM: _, ...optedOut } = aNamespace('shop');

  it('gives back what is proven and its own; with nothing but an annotation it is told that nobody heeds it', () => {
    const gives = { kept: [], leaving: its, intent: 'release' };
    expect(claimIn(read([{ ...optedOut, ...has }], { bindings: [binds(its)] }))).toMatchObject(gives);
    const written = read([{ ...optedOut, egressIPs: '10.0.0.1' }]);
    expect(written.claims).toEqual([]);
    expect(written.findings).toMatchObject([{ code: 'IgnoredEgressIPs', addresses: ['10.0.0.1'] }]);
  });

  it("law 5: gives back nothing that only somebody else's object binds", () => {
    const bindings = [binds([...its, '10.0.0.9'], { ours: false })];
    expect(read([optedOut], { bindings }).claims).toEqual([]);
    expect(claimIn(read([{ ...optedOut, ...has }], { bindings }))).toMatchObject({ leaving: its });
  });
});

it('claims are numbered in the order of their namespaces, without those that claim nothing', () => {
  const { egressIPAM: _, ...idle } = aNamespace('idle');
  const result = read([aNamespace('b'), idle, aNamespace('shop', 0, has)], { bindings: [binds(its)] });
  expect(result.claims.map(({ namespace, index }) => [namespace.name, index])).toEqual([
    ['b', 0],
    ['shop', 1],
  ]);
  expect(result.bound).toBe(1);
});

it('a settled claim that is read from the same again is the same object, and one of another binding is not', () => {
  const found = ground([aNamespace('shop', 0, has)], { bindings: [binds(its)] });
  const { claims } = readFrom(found);
  expect(readFrom(found, [], claims).claims[0]).toBe(claims[0]);
  const facts = { ...found.facts, bindings: new Map([['shop', binds(its)]]) };
  expect(readFrom({ ...found, facts }, [], claims).claims[0]).not.toBe(claims[0]);
});
