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

/** What a claim was given: some addresses new, some of those that it had. */
interface Grant {
  readonly addresses: readonly Address[];
  readonly leaving: readonly Address[];
  readonly source: AllocationSource;
  readonly added: AddedAddresses<Address> | undefined;
}

/**
 * What was decided about a claim: it was given something, or stays as it is. Back ends see it as it is: there are as
 * many as namespaces.
 */
export class Allotment implements ClaimDecision {
  readonly claim: Claim;
  /** Why it is not served, or not in full. */
  readonly waiting: Finding | undefined;
  readonly isInPlace: boolean;
  readonly #grant: Grant | undefined;

  private constructor(claim: Claim, grant: Grant | undefined, waiting: Finding | undefined, isInPlace: boolean) {
    this.claim = claim;
    this.#grant = grant;
    this.waiting = waiting;
    this.isInPlace = isInPlace;
  }

  /** A claim that stays as it is. */
  static unchanged(claim: Claim, waiting?: Finding, isInPlace = false): Allotment {
    return new Allotment(claim, undefined, waiting, isInPlace);
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
    return new Allotment(claim, { addresses, leaving, source, added }, undefined, false);
  }

  /** The EgressIPAM that its addresses come from: the one it names, or the one before while that cannot serve it. */
  get pool(): Pool | undefined {
    return this.#grant === undefined ? (this.claim.from ?? this.claim.pool) : this.claim.pool;
  }

  /** What it has from now on, in the order of its annotation. */
  get addresses(): readonly Address[] {
    if (this.#grant !== undefined) return this.#grant.addresses;
    return this.releases ? none : this.claim.kept;
  }

  /** What it gives back. */
  get leaving(): readonly Address[] {
    return this.#grant === undefined ? this.claim.leaving : this.#grant.leaving;
  }

  get source(): AllocationSource {
    return this.#grant === undefined ? 'kept' : this.#grant.source;
  }

  /** Of one that keeps some: the others. */
  get added(): AddedAddresses<Address> | undefined {
    return this.#grant?.added;
  }

  /** Whether its annotation asks for something that was not granted: it then stays as its owner wrote it. */
  get edited(): boolean {
    return this.#grant === undefined && this.claim.edited;
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
