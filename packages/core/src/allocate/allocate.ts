import { formatAddress, type Address } from '../address/address.ts';
import { compareByAge, type Claim } from '../claims/claim.ts';
import { contains, matchAssignments } from '../claims/match-assignments.ts';
import { namespaceFinding } from '../claims/namespace-finding.ts';
import type { Finding } from '../finding/finding.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { AddressUsers } from '../ledger/address-users.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { NodeTable } from '../place/node-table.ts';
import type { Placer } from '../place/placer.ts';
import type { Pool } from '../place/pool.ts';
import { Allotment } from './allotment.ts';
import { checkWishes } from './check-wishes.ts';
import { changesObstacle } from './changes-obstacle.ts';
import type { CoolingAddresses } from './cool-down.ts';
import { shortageOf } from './describe-shortage.ts';
import type { GoingBack } from './going-back.ts';
import { Keeper } from './place-kept.ts';
import type { Obstacle, Readiness } from './readiness.ts';
import { newFamilies, TableRoom } from './table-room.ts';
import { TeamLimits } from './team-limits.ts';
import { turnFinding, Turns, type TurnLimits } from './turns.ts';
import { UnprovenRecords } from './unproven-records.ts';

const none: readonly never[] = [];

/** What allocating works with. */
export interface AllocationParts {
  readonly claims: readonly Claim[];
  /** Those of which something is to be decided. */
  readonly unsettled: readonly Claim[];
  readonly ledger: AddressLedger;
  readonly nodes: NodeTable;
  readonly placer: Placer;
  readonly users: AddressUsers;
  readonly cooling: CoolingAddresses;
  readonly goingBack: GoingBack;
  /** Whether records without proof come before what owners ask for. */
  readonly recordsFirst: boolean;
  readonly limits: TurnLimits;
  readonly readiness: Readiness;
  readonly facts: NetworkFacts;
  /** What became of the claims of the plan before, in their order. */
  readonly last: readonly Allotment[];
}

/** What became of claims, in their order, and what is said of it. */
export interface Allocated {
  readonly allotments: readonly Allotment[];
  /** Those of claims of which something was to be decided. */
  readonly unsettled: readonly Allotment[];
  /** All but those of settled claims that have every address where it stays. */
  readonly unusual: readonly Allotment[];
  readonly findings: readonly Finding[];
}

/**
 * Gives each claim what it has and lacks: what it keeps stays on its nodes, and those that lack addresses are served,
 * oldest first. Nothing is promised that cannot be carried: a claim gets all of its addresses, each with a node that
 * has room for it, or it waits with a reason (law 4).
 */
export function allocate(parts: AllocationParts): Allocated {
  const { claims, unsettled, ledger, nodes, placer, last } = parts;
  const keeper = new Keeper(ledger, nodes, placer);
  const inPlace = claims.map((claim) => keeper.keep(claim));
  keeper.findHomes();
  const { refused, served, later } = serveByTurns(parts);
  const findings: Finding[] = [];
  const allotments = claims.map((claim, position) => {
    const before = last[position];
    if (claim.isSettled && before?.claim === claim && before.isInPlace === inPlace[position]) return before;
    const reasons = reasonsOf(claim, refused);
    for (const reason of reasons) findings.push(reason);
    return served.get(claim.index) ?? Allotment.unchanged(claim, reasons[0], inPlace[position]);
  });
  for (const { waiting } of served.values()) if (waiting !== undefined) findings.push(waiting);
  // It is nothing to look after, so that it is said of those who wait, and not among what was found.
  for (const claim of later)
    allotments[claim.index] = Allotment.unchanged(claim, turnFinding(claim), inPlace[claim.index]);
  return {
    allotments,
    unsettled: unsettled.flatMap(({ index }) => allotments[index] ?? []),
    unusual: keeper.unusual.flatMap(({ index }) => allotments[index] ?? []),
    findings,
  };
}

/** What became of claims that lack addresses, and of those whose turn did not come. */
interface Served {
  readonly refused: ReadonlyMap<ClaimIndex, readonly Finding[]>;
  readonly served: ReadonlyMap<ClaimIndex, Allotment>;
  readonly later: readonly Claim[];
}

function serveByTurns(parts: AllocationParts): Served {
  const { unsettled, ledger, recordsFirst } = parts;
  // At a first look records come first: whoever lost the proof of an address while nobody looked is not to lose the
  // address to a namespace that waits for it.
  const rank = ({ intent }: Claim): number => (recordsFirst && intent.kind === 'input' ? 1 : 0);
  const hungry = unsettled.filter(isHungry).sort((one, other) => rank(one) - rank(other) || compareByAge(one, other));
  const turns = new Turns(ledger, hungry, parts.limits);
  const records = new UnprovenRecords(ledger, unsettled);
  const server = new Server(parts);
  const refused = new Map<ClaimIndex, readonly Finding[]>();
  const served = new Map<ClaimIndex, Allotment>();
  for (let turn = turns.take(); turn.length > 0; turn = turns.take()) {
    for (const [index, reasons] of checkWishes({ ...parts, asking: turn })) refused.set(index, reasons);
    turns.holdBack();
    records.holdBack();
    for (const claim of turn.filter(({ index }) => !refused.has(index)).sort(compareByAge)) {
      let allotment = server.serve(claim);
      if (allotment.waiting?.code === 'WaitingForAddress' && records.letGo()) allotment = server.serve(claim);
      served.set(claim.index, allotment);
      if (allotment.waiting === undefined) turns.note(claim, countNew(claim, allotment));
    }
    records.letGo();
  }
  turns.end();
  return { refused, served, later: turns.later };
}

function countNew({ kept }: Claim, { addresses }: Allotment): number {
  return addresses.filter((address) => !kept.includes(address)).length;
}

/** Why nothing new is given to a claim, before anything is tried. */
function reasonsOf(
  { intent, index, isSettled }: Claim,
  refused: ReadonlyMap<ClaimIndex, readonly Finding[]>,
): readonly Finding[] {
  if (isSettled) return none;
  return intent.kind === 'blocked' ? [intent.finding] : (refused.get(index) ?? none);
}

function isHungry({ intent }: Claim): boolean {
  return intent.kind === 'input' || intent.kind === 'fill';
}

class Server {
  readonly #parts: AllocationParts;
  readonly #teams: TeamLimits;
  readonly #room: TableRoom;

  constructor(parts: AllocationParts) {
    this.#parts = parts;
    this.#teams = new TeamLimits(parts.claims, parts.cooling, parts.goingBack);
    this.#room = new TableRoom(parts.claims, parts.facts);
  }

  serve(claim: Claim): Allotment {
    const { intent, pool } = claim;
    if (pool === undefined || (intent.kind !== 'input' && intent.kind !== 'fill')) return Allotment.unchanged(claim);
    const wanted = intent.kind === 'input' ? pool.egressIPAM.open : intent.assignments;
    const families = newFamilies(claim, wanted);
    const obstacle =
      this.#teams.obstacleFor(claim, pool) ??
      this.#parts.readiness.obstacleFor(claim, pool, wanted) ??
      this.#room.obstacleFor(claim, pool, families);
    if (obstacle !== undefined) return this.#waits(claim, obstacle);
    const allotment =
      intent.kind === 'input'
        ? this.#serveInput(claim, pool, intent.addresses)
        : this.#fill(claim, pool, intent.assignments, intent);
    if (allotment.waiting === undefined) {
      this.#teams.note(claim, pool);
      this.#room.note(claim, pool, families);
    }
    return allotment;
  }

  #serveInput(claim: Claim, pool: Pool, input: readonly Address[]): Allotment {
    const fresh = input.filter((address) => !claim.kept.includes(address));
    const { cooling, goingBack } = this.#parts;
    const obstacle =
      changesObstacle(cooling, goingBack, claim.namespace.name, pool, fresh) ??
      this.#promise(claim, pool, input, fresh);
    if (obstacle !== undefined) return this.#waits(claim, obstacle);
    const { ledger } = this.#parts;
    const allotment = Allotment.granted(claim, input, 'input');
    for (const address of allotment.leaving) this.#disown(claim, ledger, address);
    return allotment;
  }

  #fill(
    claim: Claim,
    pool: Pool,
    missing: readonly ParsedAssignment[],
    { wishes, outgoing }: { readonly wishes: readonly Address[]; readonly outgoing: readonly Address[] },
  ): Allotment {
    const { ledger, cooling, goingBack } = this.#parts;
    const asked = outgoing.length === 0 ? none : wishes;
    const changes = changesObstacle(cooling, goingBack, claim.namespace.name, pool, asked);
    if (changes !== undefined) return this.#waits(claim, changes);
    const returned = this.#returningTo(claim, pool);
    const chosen: Address[] = [];
    for (const assignment of unfilled(missing, wishes)) {
      const returning = returned.find((candidate) => contains(assignment, candidate) && !chosen.includes(candidate));
      const address = returning ?? this.#lowestFree(pool, assignment);
      if (address === undefined) {
        this.#giveBack(chosen);
        return this.#waits(claim, exhausted(pool, assignment));
      }
      ledger.take(address);
      chosen.push(address);
    }
    const staying = claim.kept.filter((address) => !outgoing.includes(address));
    const addresses = inAssignmentOrder(staying, [...wishes, ...chosen], pool);
    const obstacle = this.#promise(claim, pool, addresses, [...wishes, ...chosen]);
    if (obstacle !== undefined) {
      this.#giveBack(chosen);
      return this.#waits(claim, obstacle);
    }
    for (const address of chosen) ledger.owner.set(ledger.slotOf(address), claim.index);
    for (const address of outgoing) this.#disown(claim, ledger, address);
    const isBack = chosen.some((address) => returned.includes(address));
    const source = wishes.length > 0 ? 'recorded' : isBack ? 'returned' : 'new';
    if (staying.length === 0) return Allotment.granted(claim, addresses, source);
    const added = [...wishes, ...chosen];
    return Allotment.granted(claim, addresses, 'kept', added.length === 0 ? undefined : { addresses: added, source });
  }

  /** Gives every new address of a claim a node, or says why that is not possible. */
  #promise(claim: Claim, pool: Pool, all: readonly Address[], fresh: readonly Address[]): Obstacle | undefined {
    if (pool.placement === 'us-by-cidr') return undefined;
    const { placer } = this.#parts;
    placer.unite(claim.index, all);
    const items = fresh.flatMap((address) => {
      const group = pool.groupOf(address);
      return group === undefined ? [] : [placer.item(claim.index, address, group)];
    });
    if (items.length === fresh.length && placer.placeAll(items)) return undefined;
    placer.unite(claim.index, claim.kept);
    return shortageOf(this.#parts, pool, all.length, fresh);
  }

  #waits(claim: Claim, { code, message }: Obstacle): Allotment {
    const keeps = claim.kept.length === 0 ? '' : `; until then it keeps ${claim.kept.map(formatAddress).join(', ')}`;
    const finding = { code, severity: 'warning', message: `${message}${keeps}` } as const;
    return Allotment.unchanged(claim, namespaceFinding(claim.namespace.name, finding));
  }

  #disown(claim: Claim, ledger: AddressLedger, address: Address): void {
    const slot = ledger.slotOf(address);
    if (ledger.owner.is(slot, claim.index)) ledger.owner.clear(slot);
  }

  #lowestFree(pool: Pool, assignment: ParsedAssignment): Address | undefined {
    const { ledger, nodes } = this.#parts;
    const { family } = assignment.cidr;
    const group = pool.assignments.find((candidate) => candidate.assignment === assignment)?.group;
    if (group === undefined) return undefined;
    let free: Address | undefined;
    for (const { first, last } of group.hostable) {
      const address = ledger.nextFree(first, last);
      if (address === undefined) continue;
      free ??= address;
      const canCarry = group.uniform || group.partFor(address).candidates.some((node) => nodes.hasRoom(node, family));
      if (canCarry) return address;
    }
    return free;
  }

  /** What a namespace of this name had a short while ago, as far as it is still free. */
  #returningTo({ namespace: { name } }: Claim, pool: Pool): readonly Address[] {
    const { ledger, cooling } = this.#parts;
    const had = cooling.releasesTo(pool).returnable.get(name) ?? none;
    return had.filter((address) => cooling.waitsFor(address) === name || !ledger.isTaken(address));
  }

  /** Addresses that still cool down for a namespace stay taken. */
  #giveBack(addresses: readonly Address[]): void {
    const { ledger, cooling } = this.#parts;
    for (const address of addresses) if (cooling.waitsFor(address) === undefined) ledger.release(address);
  }
}

function exhausted(pool: Pool, { cidr }: ParsedAssignment): Obstacle {
  return {
    code: 'WaitingForAddress',
    message: `every address of ${cidr.text} in EgressIPAM ${pool.name} is in use or reserved; it waits for one, or for a larger CIDR`,
  };
}

/** The assignments that wishes leave without an address. */
function unfilled(missing: readonly ParsedAssignment[], wishes: readonly Address[]): readonly ParsedAssignment[] {
  if (wishes.length === 0) return missing;
  const filled = new Set(matchAssignments(wishes, missing));
  return missing.filter((assignment) => !filled.has(assignment));
}

/** What a claim keeps and what it gets, in the order of the CIDR assignments; what lies in none stays in front. */
function inAssignmentOrder(kept: readonly Address[], chosen: readonly Address[], pool: Pool): readonly Address[] {
  const all = [...kept, ...chosen];
  const outside = all.filter((address) => pool.assignmentOf(address) === undefined);
  const inside = all.flatMap((address) => {
    const assignment = pool.assignmentOf(address);
    return assignment === undefined ? [] : [{ address, order: assignment.order }];
  });
  inside.sort((one, other) => one.order - other.order);
  return [...outside, ...inside.map(({ address }) => address)];
}
