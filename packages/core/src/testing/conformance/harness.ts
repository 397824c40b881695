import type { CloudProvider } from '../../provider-contract/contract.ts';
import type { ProviderNode } from '../../provider-contract/observation.ts';

/** Troubles that a provider's test platform can make on demand; each case needs some of them. */
export type ProviderFault =
  | {
      /**
       * The platform refuses the next change of an address, for this reason. With `throttled` it may say when to
       * return.
       */
      readonly type: 'refuse';
      readonly class: 'throttled' | 'transient' | 'unauthorized';
      readonly address: string;
    }
  | {
      /** The next change of an address is carried out, but its answer gets lost. */
      readonly type: 'lose-answer';
      readonly address: string;
    }
  | {
      /** The next move of an address stops after it left the old node. */
      readonly type: 'stop-move';
      readonly address: string;
    }
  | { readonly type: 'unreadable-node'; readonly node: string }
  | { readonly type: 'unreadable-cidr'; readonly cidr: string };

/** A provider on a test platform, fresh for each case. */
export interface ProviderHarness {
  readonly provider: CloudProvider;
  /** At least two nodes that can carry the same addresses. */
  readonly nodes: readonly [ProviderNode, ProviderNode, ...ProviderNode[]];
  /** CIDRs that the addresses come from. */
  readonly cidrs: readonly [string, ...string[]];
  /** A free address that every node can carry; another one each time. Only called where the provider attaches. */
  freeAddress(family: 4 | 6): string;
  /** An address that someone else put on a node's main interface, unless `foreign` is declared as false. */
  readonly foreign?: { readonly address: string; readonly node: ProviderNode };
  /**
   * An address in one of the CIDRs that is in use outside of the nodes, unless `usedElsewhere` is declared as false.
   */
  readonly usedElsewhere?: string;
  /** The cluster's objects as they are now, with their kinds, where the platform stands in them. */
  objects?(): Promise<readonly unknown[]>;
  /** The namespace that is the operator's among these objects. */
  readonly operatorNamespace?: string;
  /** Makes a fault that was declared. */
  inject?(fault: ProviderFault): void;
  /** Frees what the harness holds. */
  close?(): Promise<void>;
}

/**
 * What a provider and its test platform declare. A case that does not apply is skipped by name, with the reason; one
 * that applies fails where the harness lacks what it needs.
 */
export interface ConformanceDeclaration {
  /** Whether the provider attaches addresses; must agree with its capabilities. */
  readonly attach: boolean;
  /** Families that can be attached; IPv4 by default. */
  readonly families?: readonly (4 | 6)[];
  /** Faults that the harness can make; none by default. */
  readonly faults?: readonly ProviderFault['type'][];
  /** Whether interfaces have primary addresses, which never move; true by default. */
  readonly primaries?: boolean;
  /** Whether someone else can put an address on a node, as the harness then has; true by default. */
  readonly foreign?: boolean;
  /** Whether addresses can be in use outside of the nodes, as the harness then has one; true by default. */
  readonly usedElsewhere?: boolean;
  /** Whether the nodes have a limit that the suite may fill up (at most 64 addresses); false by default. */
  readonly limited?: boolean;
  /** Whether the platform stands in objects of the cluster (`fromObjects`); false by default. */
  readonly readsObjects?: boolean;
}

/** One rule of the contract as a test: it throws an Error that tells what is broken. */
export interface ConformanceCase {
  readonly name: string;
  /** Why it does not apply to what is declared, if so. */
  readonly skipped?: string;
  run(harness: ProviderHarness): Promise<void>;
}

/** Cases that apply only where something is so: elsewhere each is skipped, with the reason. */
export function onlyIf(
  applies: boolean,
  reason: string,
  cases: readonly ConformanceCase[],
): readonly ConformanceCase[] {
  return applies ? cases : cases.map((one) => ({ ...one, skipped: reason }));
}

/** What does not apply to a provider that attaches nothing. */
export const attachesNothing = 'the provider attaches nothing';
