import type { Address } from '../address/address.ts';
import type { Claim } from '../claims/claim.ts';
import { namespaceFinding } from '../claims/namespace-finding.ts';
import type { Finding } from '../finding/finding.ts';
import type { AddressLedger } from '../ledger/address-ledger.ts';
import { HeldAddresses } from '../ledger/held-addresses.ts';

/** How many new addresses one plan gives out, and for whom not all of them count. */
export interface TurnLimits {
  readonly mostNew: number;
  /** Whether what a namespace is given cannot be written just now. */
  readonly isHeldUp: (namespace: string) => boolean;
}

/** Takes claims that lack addresses by turns: so many at a time as one plan gives addresses to. */
export class Turns {
  readonly #waiting: readonly Claim[];
  readonly #isHeldUp: (namespace: string) => boolean;
  #next = 0;
  #left: number;
  /** As many again for those that are held up: they keep their place, and nobody waits behind them. */
  #leftForHeldUp: number;
  /** What later ones ask for by name: nobody is given it before they had their turn. */
  readonly #heldBack: HeldAddresses;

  /** @param claims those that lack addresses, in the order in which they are served */
  constructor(ledger: AddressLedger, claims: readonly Claim[], { mostNew, isHeldUp }: TurnLimits) {
    this.#heldBack = new HeldAddresses(ledger);
    this.#waiting = claims;
    this.#isHeldUp = isHeldUp;
    this.#left = mostNew;
    this.#leftForHeldUp = mostNew;
  }

  /** Those whose turn it is; none once all had theirs, or enough was given. */
  take(): readonly Claim[] {
    const start = this.#next;
    let [left, leftForHeldUp] = [this.#left, this.#leftForHeldUp];
    for (; left > 0 && this.#next < this.#waiting.length; this.#next += 1) {
      const claim = this.#waiting[this.#next];
      const asked = countAsked(claim);
      if (this.#isBeside(claim, asked, leftForHeldUp)) leftForHeldUp -= asked;
      else left -= asked;
    }
    const turn = this.#waiting.slice(start, this.#next);
    if (!this.#heldBack.isEmpty)
      for (const claim of turn) for (const address of wishesOf(claim)) this.#heldBack.letGo(address);
    return turn;
  }

  /** Keeps for those behind what they ask for by name, as far as nobody has it. */
  holdBack(): void {
    if (!this.#heldBack.isEmpty) return;
    for (const claim of this.later)
      if (!asksForTooMany(claim)) for (const address of wishesOf(claim)) this.#heldBack.hold(address);
  }

  /** Notes how many new addresses a claim got. */
  note(claim: Claim, count: number): void {
    if (this.#isBeside(claim, count, this.#leftForHeldUp)) this.#leftForHeldUp -= count;
    else this.#left -= count;
  }

  #isBeside(claim: Claim | undefined, count: number, leftForHeldUp: number): boolean {
    return count > 0 && count <= leftForHeldUp && claim !== undefined && this.#isHeldUp(claim.namespace.name);
  }

  /** Those whose turn comes with a later plan. */
  get later(): readonly Claim[] {
    return this.#next === 0 ? this.#waiting : this.#waiting.slice(this.#next);
  }

  /** Gives back what was kept for those behind: nobody is given anything any more. */
  end(): void {
    this.#heldBack.letGoOfAll();
  }
}

/** The addresses that a claim asks for by name. */
export function wishesOf({ intent }: Claim): readonly Address[] {
  return intent.kind === 'input' ? intent.addresses : intent.kind === 'fill' ? intent.wishes : none;
}

const none: readonly never[] = [];

/** Whether a claim asks for more addresses by name than its EgressIPAM has CIDRs: it is given none of them. */
export function asksForTooMany(claim: Claim): boolean {
  return wishesOf(claim).length > (claim.pool?.egressIPAM.assignments.length ?? 0);
}

function countAsked(claim: Claim | undefined): number {
  if (claim === undefined || asksForTooMany(claim)) return 0;
  const { intent } = claim;
  return Math.max(1, wishesOf(claim).length + (intent.kind === 'fill' ? intent.assignments.length : 0));
}

/** Says to a claim that its turn comes with a later plan, which is made as soon as this one is carried out. */
export function turnFinding({ namespace }: Claim): Finding {
  return namespaceFinding(namespace.name, {
    code: 'WaitingForTurn',
    severity: 'info',
    message: 'many namespaces ask for addresses at once; this one is served as soon as those before it are',
  });
}
