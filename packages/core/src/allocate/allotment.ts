import type { Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import type { Finding } from '../finding/finding.ts';
import type { ClaimDecision, EgressIPAMDecision } from '../network-contract/decisions.ts';
import type { BindingFacts } from '../network-contract/facts.ts';
import type { Pool } from '../place/pool.ts';

const none: readonly never[] = [];

/**
 * How a namespace came to its addresses: `kept` from what already carries its traffic, `recorded` in its annotation
 * alone and checked like a wish, `input` asked for by its owner, `returned` to it after a short absence, `new` the
 * lowest free ones.
 */
export type AllocationSource = 'kept' | 'recorded' | 'input' | 'returned' | 'new';

/** What a claim gets beside what it keeps, and how it comes to that. */
export interface AddedAddresses<Item> {
  readonly addresses: readonly Item[];
  readonly source: Exclude<AllocationSource, 'kept'>;
}

/** What was decided about a claim. Back ends see it as it is: there are as many as namespaces. */
export class Allotment implements ClaimDecision {
  readonly claim: Claim;
  /** The EgressIPAM that its addresses come from: the one it names, or the one before while that cannot serve it. */
  readonly pool: Pool | undefined;
  /** What it has from now on, in the order of its annotation. */
  readonly addresses: readonly Address[];
  /** What it gives back. */
  readonly leaving: readonly Address[];
  readonly source: AllocationSource;
  /** Of one that keeps some: the others. */
  readonly added: AddedAddresses<Address> | undefined;
  /** Whether its annotation asks for something that was not granted: it then stays as its owner wrote it. */
  readonly edited: boolean;
  /** Why it is not served, or not in full. */
  readonly waiting: Finding | undefined;
  readonly isInPlace: boolean;

  private constructor(
    claim: Claim,
    parts: Pick<Allotment, 'pool' | 'addresses' | 'leaving' | 'source' | 'added' | 'edited' | 'waiting' | 'isInPlace'>,
  ) {
    this.claim = claim;
    this.pool = parts.pool;
    this.addresses = parts.addresses;
    this.leaving = parts.leaving;
    this.source = parts.source;
    this.added = parts.added;
    this.edited = parts.edited;
    this.waiting = parts.waiting;
    this.isInPlace = parts.isInPlace;
  }

  /** A claim that stays as it is. */
  static unchanged(claim: Claim, waiting?: Finding, isInPlace = false): Allotment {
    return new Allotment(claim, {
      pool: claim.from ?? claim.pool,
      addresses: claim.intent.kind === 'release' ? none : claim.kept,
      leaving: claim.leaving,
      source: 'kept',
      added: undefined,
      edited: claim.edited,
      waiting,
      isInPlace,
    });
  }

  /** A claim that was given addresses: some new, some of those that it had. */
  static granted(
    claim: Claim,
    addresses: readonly Address[],
    source: AllocationSource,
    added?: AddedAddresses<Address>,
  ): Allotment {
    const given = claim.kept.filter((address) => !addresses.includes(address));
    const leaving = [...new Set([...claim.leaving, ...given])].filter((address) => !addresses.includes(address));
    return new Allotment(claim, {
      pool: claim.pool,
      addresses,
      leaving,
      source,
      added,
      edited: false,
      waiting: undefined,
      isInPlace: false,
    });
  }

  get namespace(): string {
    return this.claim.namespace.name;
  }

  get egressIPAM(): EgressIPAMDecision | undefined {
    return this.pool?.decision;
  }

  get binding(): BindingFacts | undefined {
    return this.claim.binding;
  }

  get releases(): boolean {
    return this.claim.intent.kind === 'release';
  }
}
