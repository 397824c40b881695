import type { Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import type { BindingFacts } from '../network-contract/facts.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { Pool } from '../place/pool.ts';

/** What is to become of a claim. */
export type Intent =
  /** It has what it should. */
  | { readonly kind: 'keep' }
  /**
   * It lacks an address in these assignments. `wishes` are on record and confirmed by nothing: they are checked as
   * input is, and are what it gets where they pass (law 11). `outgoing` is given back once it has the others.
   */
  | {
      readonly kind: 'fill';
      readonly assignments: readonly ParsedAssignment[];
      readonly wishes: readonly Address[];
      readonly outgoing: readonly Address[];
    }
  /** Its owner asks for just these. */
  | { readonly kind: 'input'; readonly addresses: readonly Address[] }
  /** Nothing can be decided for it until somebody acts; it keeps what it has. */
  | { readonly kind: 'blocked'; readonly finding: Finding }
  /**
   * Everything goes: opt-out, or the end of its EgressIPAM. `all` takes the `egressips` annotation too, `record` only
   * what this project noted.
   */
  | { readonly kind: 'release'; readonly scope: 'all' | 'record' };

/** Nothing is to be done; one object for all, as nearly all claims have it. */
export const keep: Intent = { kind: 'keep' };

/** A namespace that takes part in a plan: it claims, or it still has what it claimed. */
export interface Claim {
  readonly namespace: ParsedNamespace;
  readonly index: ClaimIndex;
  /** What the network sends its traffic out by. */
  readonly binding: BindingFacts | undefined;
  /** The EgressIPAM that it names; undefined where there is none of that name, or it names none. */
  readonly pool: Pool | undefined;
  /** The EgressIPAM that its addresses came from, where it has switched. */
  readonly from: Pool | undefined;
  /** What it has, confirmed by something that only we write (law 2). */
  readonly kept: readonly Address[];
  /** What it had and gives back. */
  readonly leaving: readonly Address[];
  /**
   * Whether its annotation asks for something else than it has: it stays as its owner wrote it until that is decided.
   */
  readonly edited: boolean;
  readonly intent: Intent;
  /** The usual case: it has just what it should, on record and carrying traffic, and nothing is to be decided. */
  readonly isSettled: boolean;
}

/** The EgressIPAM whose nodes are for an address of a claim. */
export function poolFor(claim: Claim, address: Address): Pool | undefined {
  if (claim.from === undefined || claim.pool?.assignmentOf(address) !== undefined) return claim.pool;
  return claim.from;
}

/** Orders claims by the age of their namespaces, ties by name. */
export function compareByAge(a: Claim, b: Claim): number {
  const [one, other] = [a.namespace, b.namespace];
  return one.createdAt - other.createdAt || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
}
