import type { Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import { quoted } from '../finding/quoted.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import type { HostedList } from '../ledger/hosted-list.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import type { BindingFacts, NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { presentIn, sameAddresses, sameInOrder } from '../parse/parse-lists.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { Pools } from '../place/make-pools.ts';
import type { Pool } from '../place/pool.ts';
import { keep, type Claim } from './claim.ts';
import { ConfirmedAddresses } from './confirmed-addresses.ts';
import { intentOf } from './intent-of.ts';
import { contains, fitsInOrder, missingAssignments } from './match-assignments.ts';
import { namespaceFinding } from './namespace-finding.ts';
import { adoptable, fittingNone, lacksRecord, replacedOf, withBound } from './what-fits.ts';

const none: readonly never[] = [];

/** What a claim is read from. */
export interface ClaimSources {
  readonly snapshot: ParsedSnapshot;
  readonly facts: NetworkFacts;
  readonly hosted: HostedList;
  readonly traits: NetworkTraits;
  readonly pools: Pools;
  readonly ledger: AddressLedger;
  /** Addresses that somebody else turned out to have, or that the cloud would not attach. */
  readonly refused: ReadonlySet<Address>;
  /** The claim of an index in the plan before. */
  readonly lastOf: (index: ClaimIndex) => Claim | undefined;
}

/** The claims of a snapshot, in the order of its namespaces, and what is said of namespaces that claim nothing. */
export interface ClaimsRead {
  readonly claims: readonly Claim[];
  /** How many of them have a binding. */
  readonly bound: number;
  readonly findings: readonly Finding[];
}

/**
 * Looks at every namespace: what it has and keeps (law 2), what its owner asks for anew, and what it has to give back.
 * Namespaces that claim nothing, and have nothing, are no claims.
 */
export function readClaims(sources: ClaimSources): ClaimsRead {
  const reader = new ClaimReader(sources);
  let count = 0;
  let bound = 0;
  const found = sources.snapshot.namespaces.map((namespace) => {
    const binding = sources.facts.bindings.get(namespace.name);
    if (binding === undefined && namespace.isIdle) return undefined;
    const claim = reader.read(namespace, binding, count as ClaimIndex);
    if (claim === undefined) return undefined;
    count += 1;
    if (claim.binding !== undefined) bound += 1;
    return claim;
  });
  return { claims: presentIn(found), bound, findings: reader.findings };
}

/** A namespace, and what the network sends its traffic out by. */
type Subject = Pick<Claim, 'namespace' | 'binding' | 'index'>;

type ClaimParts = Partial<Pick<Claim, 'from' | 'leaving' | 'edited' | 'intent' | 'isSettled'>>;

class ClaimReader {
  readonly findings: Finding[] = [];
  readonly #traits: NetworkTraits;
  readonly #pools: Pools;
  readonly #ledger: AddressLedger;
  readonly #confirmed: ConfirmedAddresses;
  readonly #refusedAddresses: ReadonlySet<Address>;
  readonly #lastOf: ClaimSources['lastOf'];
  #lastPool: Pool | undefined;

  constructor({ hosted, traits, pools, ledger, refused, lastOf }: ClaimSources) {
    this.#traits = traits;
    this.#pools = pools;
    this.#ledger = ledger;
    this.#confirmed = new ConfirmedAddresses(ledger, hosted, traits);
    this.#refusedAddresses = refused;
    this.#lastOf = lastOf;
  }

  read(namespace: ParsedNamespace, binding: BindingFacts | undefined, index: ClaimIndex): Claim | undefined {
    const { egressIPAM } = namespace;
    const pool = egressIPAM === undefined ? undefined : this.#poolNamed(egressIPAM);
    const isUsual = pool !== undefined && this.#confirmed.isProof(binding);
    if (isUsual && binding !== undefined && this.#refusedAddresses.size === 0) {
      const before = this.#lastOf(index);
      if (before?.namespace === namespace && isAsSettled(before, binding, pool)) return before;
    }
    const kept = isUsual ? this.#allItShouldHave(namespace, binding, pool) : undefined;
    if (kept !== undefined) {
      const isSettled = binding === undefined || (binding.addresses === kept && binding.unconfirmed.length === 0);
      return {
        namespace,
        index,
        binding,
        pool,
        from: undefined,
        kept,
        leaving: none,
        edited: false,
        intent: keep,
        isSettled,
      };
    }
    const subject = { namespace, binding, index };
    if (egressIPAM === undefined) return this.#optedOut(subject);
    if (pool === undefined) return this.#withoutPool(subject);
    return pool.egressIPAM.deleting ? this.#releasing(subject, pool, 'all') : this.#claimAnew(subject, pool);
  }

  /** Mostly the one of the namespace before. */
  #poolNamed(name: string): Pool | undefined {
    if (this.#lastPool?.name !== name) this.#lastPool = this.#pools.named(name);
    return this.#lastPool;
  }

  /**
   * The usual case, decided without looking up much: one address per CIDR assignment, on record and carrying traffic.
   *
   * @returns the list of the binding, where the annotation says the same: who compares the two later has no work
   */
  #allItShouldHave(
    namespace: ParsedNamespace,
    binding: BindingFacts | undefined,
    pool: Pool,
  ): readonly Address[] | undefined {
    const isSameText = binding?.texts !== undefined && namespace.lists(binding.texts);
    if (!isSameText && namespace.invalid.length > 0) return undefined;
    const isBound = isSameText || (binding !== undefined && sameInOrder(binding.addresses, namespace.listed));
    const listed = isBound ? binding.addresses : namespace.listed;
    const { deleting, assignments } = pool.egressIPAM;
    if (deleting || listed.length === 0 || !fitsInOrder(listed, assignments)) return undefined;
    const allocated = namespace.isOnRecord ? undefined : namespace.allocated;
    if (allocated !== undefined && !isRecordOf(allocated, pool, listed)) return undefined;
    const isRecordProof = !this.#traits.provesAllocations && (namespace.isOnRecord || allocated !== undefined);
    if (!isBound && !isRecordProof) return undefined;
    const isRefused = this.#refusedAddresses.size > 0 && listed.some((address) => this.#isRefused(address, binding));
    return isRefused ? undefined : listed;
  }

  #claimAnew(subject: Subject, pool: Pool): Claim {
    const { namespace } = subject;
    const binding = this.#confirmed.provenBy(subject.binding);
    const confirmed = this.#confirmed.of(namespace, binding);
    const record = namespace.allocated?.addresses ?? none;
    const asked = namespace.listed.length > 0 || namespace.invalid.length > 0;
    const edited = asked && isEdited(namespace, record, confirmed);
    const from = this.#switchedFrom(namespace, pool, confirmed);
    const before = record.length > 0 ? record : adoptable(binding?.addresses ?? none, from ?? pool);
    const known = withUnconfirmed(asked && !edited ? namespace.listed : before, namespace, from ?? pool);
    const comesBack = from !== undefined && !edited && binding !== undefined;
    const promised = (comesBack ? withBound(known, binding.addresses, pool) : known).filter(
      (address) => !this.#isRefused(address, binding),
    );
    const proven = promised.filter((address) => confirmed.has(address));
    // Who writes a record of what nobody gave takes nothing away by that, nor does who loses one.
    const hasLost = lacksRecord({ from, record, proven, edited }, pool);
    const standIns = !hasLost && proven.length === promised.length ? none : this.#inPlace(proven, binding, pool);
    const kept = [...proven, ...standIns];
    const isOfAnother = namespace.allocated !== undefined && namespace.allocated.egressIPAM !== pool.name;
    // What another EgressIPAM gave, and nothing proves, is nothing that its owner asks of this one.
    const wishes = promised.filter(
      (address) => !confirmed.has(address) && !(isOfAnother && pool.assignmentOf(address) === undefined),
    );
    const leaving = [...new Set([...record, ...namespace.unconfirmed])].filter(
      (address) => confirmed.has(address) && !kept.includes(address),
    );
    const hasSwitched = from !== undefined;
    const outgoing = replacedOf(hasLost, { proven, wishes, standIns, hasSwitched }, pool);
    const intent = intentOf(namespace, pool, { edited, kept, wishes, outgoing, hasSwitched });
    // All that it has is the new EgressIPAM's, too: it has come over.
    const isOver = intent.kind === 'keep' && kept.every((address) => pool.assignmentOf(address) !== undefined);
    return makeClaim(subject, pool, kept, { from: isOver ? undefined : from, leaving, edited, intent });
  }

  /** The EgressIPAM that a namespace's addresses came from, where it names another one now. */
  #switchedFrom(namespace: ParsedNamespace, pool: Pool, confirmed: ReadonlySet<Address>): Pool | undefined {
    const { allocated, listed } = namespace;
    if (allocated !== undefined) {
      return allocated.egressIPAM === pool.name ? undefined : this.#pools.named(allocated.egressIPAM);
    }
    const isElsewhere = (address: Address): boolean =>
      confirmed.has(address) && pool.assignmentOf(address) === undefined;
    const [first] = listed;
    if (first === undefined || !listed.every(isElsewhere)) return undefined;
    return this.#pools.having(first);
  }

  /** Whether somebody else turned out to have an address of a namespace before it ever carried its traffic. */
  #isRefused(address: Address, binding: BindingFacts | undefined): boolean {
    if (!this.#refusedAddresses.has(address)) return false;
    return !this.#traits.boundCarries || binding?.addresses.includes(address) !== true;
  }

  /**
   * What a namespace's traffic leaves by in place of addresses that nothing proves: it stays until these are given.
   * What lies in none of the CIDRs any more stands in for one, too.
   */
  #inPlace(proven: readonly Address[], binding: BindingFacts | undefined, pool: Pool): readonly Address[] {
    const others = (binding?.addresses ?? none).filter(
      (address) => !proven.includes(address) && !this.#isRefused(address, binding),
    );
    const surplus = fittingNone([...proven, ...others], pool);
    return others.filter((address) => !surplus.includes(address) || pool.assignmentOf(address) === undefined);
  }

  /** Nothing is taken from a namespace whose EgressIPAM is not there, whatever its annotation says now. */
  #withoutPool(subject: Subject): Claim {
    const { namespace } = subject;
    const confirmed = this.#confirmed.of(namespace, subject.binding);
    const kept = [...new Set([...namespace.listed.filter((address) => confirmed.has(address)), ...confirmed])];
    const finding = namespaceFinding(namespace.name, {
      code: 'EgressIPAMNotFound',
      severity: 'error',
      message: `there is no EgressIPAM ${quoted(namespace.egressIPAM ?? '')}; create it or correct the namespace's annotation. What the namespace has, it keeps`,
    });
    return makeClaim(subject, undefined, kept, { intent: { kind: 'blocked', finding } });
  }

  /** A namespace that claims no more, or never did. What it has of ours goes; what its owner wrote beforehand stays. */
  #optedOut(subject: Subject): Claim | undefined {
    const { namespace, binding } = subject;
    const bound = binding?.addresses ?? none;
    const isHosted = (address: Address): boolean => this.#confirmed.isHostedFor(namespace, address);
    if (
      namespace.allocated !== undefined ||
      namespace.listed.some((entry) => bound.includes(entry) || isHosted(entry))
    ) {
      return this.#releasing(subject, undefined, 'all');
    }
    const isOurs = binding?.ours === true;
    if (namespace.unconfirmed.length > 0 || isOurs || bound.some(isHosted)) {
      return this.#releasing(subject, undefined, 'record');
    }
    if (namespace.listed.length === 0) return undefined;
    const finding = {
      code: 'IgnoredEgressIPs',
      severity: 'info',
      message: 'egress IPs are annotated but the namespace names no EgressIPAM; annotate it to have them allocated',
    } as const;
    this.findings.push(namespaceFinding(namespace.name, finding, namespace.listed));
    return undefined;
  }

  #releasing(subject: Subject, pool: Pool | undefined, scope: 'all' | 'record'): Claim | undefined {
    const { namespace, binding } = subject;
    const { listed, allocated, unconfirmed } = namespace;
    const isOurs = (address: Address): boolean =>
      listed.includes(address) ||
      allocated?.addresses.includes(address) === true ||
      unconfirmed.includes(address) ||
      binding?.ours === true ||
      this.#ledger.isMarked(this.#ledger.slotOf(address), 'recorded');
    const leaving = [...this.#confirmed.of(namespace, binding)].filter(isOurs);
    if (leaving.length === 0 && allocated === undefined && binding?.ours !== true) return undefined;
    return makeClaim(subject, pool, none, { leaving, intent: { kind: 'release', scope } });
  }
}

/**
 * Whether the claim of the plan before says what this one would: it was settled, and what it was read from is the same.
 */
function isAsSettled(before: Claim, binding: BindingFacts, pool: Pool): boolean {
  return before.isSettled && before.binding === binding && before.pool === pool;
}

/** Whether a record is of just these addresses of a pool. */
function isRecordOf(
  { egressIPAM, addresses }: NonNullable<ParsedNamespace['allocated']>,
  pool: Pool,
  listed: readonly Address[],
): boolean {
  return egressIPAM === pool.name && sameInOrder(addresses, listed);
}

/** Whether the annotation asks for something else than what the namespace has. */
function isEdited(namespace: ParsedNamespace, record: readonly Address[], confirmed: ReadonlySet<Address>): boolean {
  if (namespace.invalid.length > 0) return true;
  if (record.length > 0) return !sameAddresses(record, namespace.listed);
  return namespace.listed.some((address) => !confirmed.has(address));
}

/** What a write in flight may have added counts as had, so that it is written again and nothing else. */
function withUnconfirmed(addresses: readonly Address[], namespace: ParsedNamespace, pool: Pool): readonly Address[] {
  if (namespace.unconfirmed.length === 0) return addresses;
  const result = [...addresses];
  for (const address of namespace.unconfirmed) {
    const isMissing = missingAssignments(result, pool.egressIPAM).some((assignment) => contains(assignment, address));
    if (!result.includes(address) && isMissing) result.push(address);
  }
  return result;
}

function makeClaim(
  { namespace, binding, index }: Subject,
  pool: Pool | undefined,
  kept: readonly Address[],
  { from, leaving = none, edited = false, intent = keep, isSettled = false }: ClaimParts = {},
): Claim {
  return { namespace, index, binding, pool, from, kept, leaving, edited, intent, isSettled };
}
