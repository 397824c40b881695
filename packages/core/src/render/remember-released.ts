import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { returnWindow } from '../allocate/cool-down.ts';
import { teamOf } from '../allocate/team-limits.ts';
import type { RememberStep } from '../network-contract/step.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { namespaceNamed } from '../parse/namespace-named.ts';
import { sameAddresses } from '../parse/parse-lists.ts';
import type { Pool } from '../place/pool.ts';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';
import type { Decided } from './decided.ts';

/**
 * `status.released` keeps at most so many entries, unless more of them cool down: each release writes all, which with a
 * thousand was most of what the API server did.
 */
const mostEntries = 200;
/** An entry is of so many addresses at most: no namespace had more. */
const mostAddresses = 128;

/** What is to be remembered of one EgressIPAM. */
export interface Remembered {
  /** `status.released` as it should be. */
  readonly released: readonly ReleasedAddresses[];
  readonly step: RememberStep | undefined;
  /** What the step writes down that was not: the addresses whose last trace waits for it, and nobody else's. */
  readonly added: readonly string[];
}

/** `status.released` of every EgressIPAM, in their order. */
export function rememberReleased(decided: Decided): readonly Remembered[] {
  const leaving = leavingByPool(decided);
  return decided.pools.list.map((pool) => rememberIn(decided, pool, leaving.get(pool)));
}

type LeavingAddresses = ReadonlyMap<string, readonly Address[]>;

function rememberIn(decided: Decided, pool: Pool, leaving: LeavingAddresses | undefined): Remembered {
  const { egressIPAM } = pool;
  const current = egressIPAM.source.released ?? [];
  const { time } = decided.snapshot;
  const releasedAt = decided.snapshot.source.time;
  if (egressIPAM.deleting || time === undefined || releasedAt === undefined)
    return { released: current, step: undefined, added: [] };
  const fresh = [...(leaving ?? [])].filter(
    ([namespace, addresses]) => !isRemembered(egressIPAM, namespace, addresses, time),
  );
  const kept = egressIPAM.released.map(({ namespace, addresses }) =>
    addresses.filter((address) => !isBack(decided, namespace, address)),
  );
  const isSame = kept.every(
    (addresses, position) => addresses.length === egressIPAM.released[position]?.addresses.length,
  );
  if (fresh.length === 0 && isSame) return { released: current, step: undefined, added: [] };
  const teamIn = teamsIn(decided, egressIPAM);
  const released = bounded(egressIPAM, time, [
    ...egressIPAM.released.flatMap((entry, position) => {
      const isOnInterface = entry.addresses.some(
        (address) =>
          decided.ledger.isLeaving(decided.ledger.slotOf(address)) &&
          decided.ledger.attachment.has(decided.ledger.slotOf(address)),
      );
      const isOver = !isOnInterface && time - entry.releasedAt >= Math.max(egressIPAM.coolDown, returnWindow);
      const isAgain = (address: Address): boolean =>
        fresh.some(([namespace, again]) => namespace === entry.namespace && again.includes(address));
      const addresses = (kept[position] ?? []).filter((address) => !isAgain(address));
      const source = current[position];
      if (source === undefined || isOver || addresses.length === 0) return [];
      return [{ ...source, addresses: addresses.map(formatAddress) }];
    }),
    ...fresh.flatMap(([namespace, addresses]) => {
      const team = teamIn(namespace);
      return entriesOf({ namespace, releasedAt, ...(team === undefined ? {} : { team }) }, addresses);
    }),
  ]);
  const added = released.flatMap((entry) => (entry.releasedAt === releasedAt ? entry.addresses : []));
  return { released, step: rememberStep(pool, released), added };
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

/**
 * A running cool-down is never evicted: where there are too many entries, those go that only let a namespace return.
 */
function bounded(
  { coolDown }: ParsedEgressIPAM,
  time: number,
  entries: readonly ReleasedAddresses[],
): readonly ReleasedAddresses[] {
  let surplus = entries.length - mostEntries;
  if (surplus <= 0) return entries;
  return entries.filter(({ releasedAt }) => {
    const isCooling = time - Date.parse(releasedAt) < coolDown;
    if (isCooling || surplus <= 0) return true;
    surplus -= 1;
    return false;
  });
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
function isBack({ ledger, allotments }: Decided, namespace: string, address: Address): boolean {
  const owner = ledger.owner.at(ledger.slotOf(address));
  const allotment = owner === undefined ? undefined : allotments[owner];
  return allotment?.claim.namespace.name === namespace && allotment.source === 'kept';
}

/** A release that is under way, or was a moment ago, needs no second entry. */
function isRemembered(
  { released, coolDown }: ParsedEgressIPAM,
  namespace: string,
  addresses: readonly Address[],
  time: number,
): boolean {
  return released.some(
    (entry) =>
      entry.namespace === namespace &&
      (sameAddresses(entry.addresses, addresses) || addresses.every((address) => entry.addresses.includes(address))) &&
      time - entry.releasedAt < Math.max(coolDown, returnWindow),
  );
}

/** By EgressIPAM, by namespace: the addresses that are going back to the pool. */
function leavingByPool(decided: Decided): ReadonlyMap<Pool, LeavingAddresses> {
  const { ledger, pools, snapshot } = decided;
  const leaving = new Map<Pool, Map<string, Address[]>>();
  const note = (namespace: string, address: Address): void => {
    if (ledger.owner.has(ledger.slotOf(address))) return;
    const pool = pools.list.find((candidate) => candidate.assignmentOf(address) !== undefined);
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
  for (const { namespace, addresses } of snapshot.source.departed ?? []) {
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address !== undefined && wasGiven(decided, namespace, address)) note(namespace, address);
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
