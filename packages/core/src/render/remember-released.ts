import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { returnWindow } from '../allocate/cool-down.ts';
import { teamOf } from '../allocate/team-of.ts';
import { afterStep, type Precondition, type RememberStep } from '../network-contract/step.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { namespaceNamed } from '../parse/namespace-named.ts';
import type { Pool } from '../place/pool.ts';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';
import { allotmentAt, type Decided } from './decided.ts';
import { fitReleased, type Release } from './fit-released.ts';

/** An entry is of so many addresses at most: no namespace had more. */
const mostAddresses = 128;

/** What is to be remembered of one EgressIPAM. */
export interface Remembered {
  /** `status.released` as it should be. */
  readonly released: readonly ReleasedAddresses[];
  readonly step: RememberStep | undefined;
  /**
   * By address: what has to be before its last trace goes. That is the step, of what it writes down that was not, and
   * room in the status, of what finds none until something else has cooled down.
   */
  readonly before: ReadonlyMap<string, Precondition>;
  /** What finds none. */
  readonly late: readonly ReleasedAddresses[];
}

const nothing: ReadonlyMap<string, Precondition> = new Map();

/** `status.released` of every EgressIPAM, in their order. */
export function rememberReleased(decided: Decided): readonly Remembered[] {
  const leaving = leavingByPool(decided);
  return decided.pools.list.map((pool) => rememberIn(decided, pool, leaving.get(pool)));
}

type LeavingAddresses = ReadonlyMap<string, readonly Address[]>;
type FreshRelease = readonly [namespace: string, addresses: readonly Address[]];

function rememberIn(decided: Decided, pool: Pool, leaving: LeavingAddresses | undefined): Remembered {
  const { egressIPAM } = pool;
  const { source, released: known } = egressIPAM;
  const { time } = decided.snapshot;
  const releasedAt = decided.snapshot.source.time;
  const unchanged = { released: source.released ?? [], step: undefined, before: nothing, late: [] };
  if (egressIPAM.deleting || time === undefined || releasedAt === undefined) return unchanged;
  const fresh = freshIn(egressIPAM, leaving, time);
  const kept = known.map(({ namespace, addresses }) => {
    const isHere = (address: Address): boolean => isBack(decided, namespace, address);
    return addresses.some(isHere) ? addresses.filter((address) => !isHere(address)) : addresses;
  });
  const isSame = kept.every((addresses, position) => addresses === known[position]?.addresses);
  if (fresh.length === 0 && isSame) return unchanged;
  const coming = comingEntries(decided, egressIPAM, fresh, releasedAt);
  const { released, late } = fitReleased(
    stayingEntries(decided, egressIPAM, kept, time),
    coming,
    decided.snapshot.source.mostReleases,
  );
  const written = new Set(released);
  const added = new Set(coming.flatMap(({ entry }) => (written.has(entry) ? [entry] : [])));
  const step = added.size === 0 && isSame ? undefined : rememberStep(pool, withoutFormer(released, added));
  const before = new Map<string, Precondition>();
  const room: Precondition = { kind: 'observed', object: { kind: 'EgressIPAM', name: pool.name }, state: 'room' };
  for (const { addresses } of late) for (const address of addresses) before.set(address, room);
  if (step !== undefined)
    for (const { addresses } of added) for (const address of addresses) before.set(address, afterStep(step.id));
  return { released: step?.released ?? unchanged.released, step, before, late };
}

/** What is remembered already, and is to be still. */
function stayingEntries(
  decided: Decided,
  { source, coolDown, released }: ParsedEgressIPAM,
  kept: readonly (readonly Address[])[],
  time: number,
): readonly Release[] {
  return released.flatMap((known, position) => {
    const age = time - known.releasedAt;
    const isLasting = age < coolDown || known.addresses.some((address) => isOnItsWay(decided, address));
    const addresses = kept[position] ?? [];
    const entry = source.released?.[position];
    if (entry === undefined || addresses.length === 0 || (!isLasting && age >= returnWindow)) return [];
    return [{ entry: { ...entry, addresses: addresses.map(formatAddress) }, isLasting }];
  });
}

/** What is to be remembered from now on. */
function comingEntries(
  decided: Decided,
  egressIPAM: ParsedEgressIPAM,
  fresh: readonly FreshRelease[],
  releasedAt: string,
): readonly Release[] {
  const teamIn = teamsIn(decided, egressIPAM);
  return fresh.flatMap(([namespace, addresses]) => {
    const team = teamIn(namespace);
    const entries = entriesOf({ namespace, releasedAt, ...(team === undefined ? {} : { team }) }, addresses);
    const isLasting = egressIPAM.coolDown > 0 || addresses.some((address) => isOnItsWay(decided, address));
    return entries.map((entry) => ({ entry, isLasting }));
  });
}

/** Whether an address that nobody has is on an interface still: what is remembered of it says that it is ours. */
function isOnItsWay({ ledger }: Decided, address: Address): boolean {
  const slot = ledger.slotOf(address);
  return ledger.isLeaving(slot) && ledger.attachment.has(slot);
}

/** What namespaces gave back before, and now again, cools down anew. */
function withoutFormer(
  entries: readonly ReleasedAddresses[],
  added: ReadonlySet<ReleasedAddresses>,
): readonly ReleasedAddresses[] {
  const again = Map.groupBy(added, ({ namespace }) => namespace);
  return entries.flatMap((entry) => {
    const newer = added.has(entry) ? undefined : again.get(entry.namespace);
    if (newer === undefined) return [entry];
    const addresses = entry.addresses.filter((text) => !newer.some((other) => other.addresses.includes(text)));
    return addresses.length === 0 ? [] : [{ ...entry, addresses }];
  });
}

/** Finds the team that a namespace is of, or was, where the EgressIPAM limits teams and the labels are known. */
function teamsIn(
  { snapshot }: Decided,
  { source: { maxClaims } }: ParsedEgressIPAM,
): (namespace: string) => string | undefined {
  if (maxClaims === undefined) return () => undefined;
  const departed = new Map(snapshot.source.departed?.map((claim) => [claim.namespace, claim]));
  return (namespace) => {
    const found = namespaceNamed(snapshot.namespaces, namespace)?.source ?? departed.get(namespace);
    return found === undefined ? undefined : teamOf(found.labels, maxClaims.teamLabel);
  };
}

function entriesOf(
  entry: Omit<ReleasedAddresses, 'addresses'>,
  addresses: readonly Address[],
): readonly ReleasedAddresses[] {
  const entries: ReleasedAddresses[] = [];
  for (let start = 0; start < addresses.length; start += mostAddresses) {
    entries.push({ ...entry, addresses: addresses.slice(start, start + mostAddresses).map(formatAddress) });
  }
  return entries;
}

function rememberStep({ name }: Pool, released: readonly ReleasedAddresses[]): RememberStep {
  return {
    kind: 'remember',
    id: `remember ${name}`,
    object: { kind: 'EgressIPAM', name },
    effects: {},
    after: [],
    egressIPAM: name,
    released,
  };
}

/**
 * Whether a namespace that had given an address back has it again, and that is written down: its next release is
 * another one.
 */
function isBack(decided: Decided, namespace: string, address: Address): boolean {
  const allotment = allotmentAt(decided, decided.ledger.slotOf(address));
  return (
    allotment?.claim.namespace.name === namespace &&
    allotment.source === 'kept' &&
    allotment.added?.addresses.includes(address) !== true
  );
}

/** What goes back and is not remembered yet; a release under way, or of a moment ago, needs no second entry. */
function freshIn(
  { released, coolDown }: ParsedEgressIPAM,
  leaving: LeavingAddresses = new Map(),
  time: number,
): readonly FreshRelease[] {
  if (leaving.size === 0) return [];
  const known = Map.groupBy(released, ({ namespace }) => namespace);
  const isRemembered = (namespace: string, addresses: readonly Address[]): boolean =>
    known
      .get(namespace)
      ?.some(
        (entry) =>
          addresses.every((address) => entry.addresses.includes(address)) &&
          time - entry.releasedAt < Math.max(coolDown, returnWindow),
      ) === true;
  return [...leaving].filter(([namespace, addresses]) => !isRemembered(namespace, addresses));
}

/** By EgressIPAM, by namespace: the addresses that are going back to the pool. */
function leavingByPool(decided: Decided): ReadonlyMap<Pool, LeavingAddresses> {
  const { ledger, pools, snapshot } = decided;
  const leaving = new Map<Pool, Map<string, Address[]>>();
  const note = (namespace: string, address: Address): void => {
    if (ledger.owner.has(ledger.slotOf(address))) return;
    const pool = pools.having(address);
    if (pool === undefined) return;
    const namespaces = leaving.get(pool) ?? new Map<string, Address[]>();
    leaving.set(pool, namespaces);
    const list = namespaces.get(namespace);
    if (list === undefined) namespaces.set(namespace, [address]);
    else if (!list.includes(address)) list.push(address);
  };
  for (const { claim, leaving: addresses } of decided.unsettled) {
    for (const address of addresses) note(claim.namespace.name, address);
  }
  for (const { namespace, address } of leftovers(decided)) note(namespace, address);
  for (const { namespace, addresses, kept = [] } of snapshot.source.departed ?? []) {
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address !== undefined && (kept.includes(text) || wasGiven(decided, namespace, address)))
        note(namespace, address);
    }
  }
  return leaving;
}

/**
 * Whether something that only we write shows that a namespace had an address: what was never given is not remembered
 * (law 11).
 */
function wasGiven({ traits, ledger, facts }: Decided, namespace: string, address: Address): boolean {
  const slot = ledger.slotOf(address);
  const isOnNode = ledger.isMarked(slot, 'recorded') || ledger.host.has(slot);
  return !traits.provesAllocations || isOnNode || facts.bindings.get(namespace)?.addresses.includes(address) === true;
}

/** Addresses on record as ours that no claim has any more, and the namespaces they were for. */
function leftovers({
  facts,
  ledger,
  stray,
  foreignBindings,
  unsettled,
}: Decided): readonly { readonly namespace: string; readonly address: Address }[] {
  const found: { readonly namespace: string; readonly address: Address }[] = [];
  for (const { entry } of stray) {
    const slot = ledger.slotOf(entry.address);
    if (!entry.ours || ledger.owner.has(slot) || ledger.isMarked(slot, 'releasing')) continue;
    const { namespace, address } = entry;
    if (namespace !== undefined) found.push({ namespace, address });
  }
  const isUnowned = (address: Address): boolean => !ledger.owner.has(ledger.slotOf(address));
  const concerned = [...foreignBindings, ...unsettled.flatMap(({ binding }) => binding ?? [])];
  const leftOver = new Set(concerned.filter(({ ours, addresses }) => ours && addresses.some(isUnowned)));
  if (leftOver.size === 0) return found;
  for (const binding of facts.bindings.values()) {
    if (!leftOver.has(binding)) continue;
    for (const address of binding.addresses.filter(isUnowned)) found.push({ namespace: binding.namespace, address });
  }
  return found;
}
