import type { ProviderErrorDescription } from './provider-error.ts';

/** A node as a provider sees it. */
export interface ProviderNode {
  /** Node name. */
  readonly name: string;
  /** `spec.providerID` as Kubernetes gives it; absent before the node is initialised. */
  readonly providerID?: string;
  /**
   * `status.nodeInfo.bootID`, another after each start of the machine: it may have been changed while it was stopped.
   */
  readonly bootID?: string;
}

/** An address that a network interface carries. */
export interface AttachedAddress {
  /** The address, canonical text. */
  readonly address: string;
  /** Whether the platform calls it the interface's primary address, which never moves. */
  readonly primary: boolean;
  /**
   * It is not all the way there: asked for and not done, or, where providers are stacked, on the platform's interface
   * and not in the node's kernel. To be attached again, or detached.
   */
  readonly incomplete?: true;
}

/** A network interface of a node. */
export interface ProviderInterface {
  /** The platform's name of the interface. */
  readonly id: string;
  /** Whether egress addresses are attached to this interface. Exactly one per node is `main`. */
  readonly main: boolean;
  /** The CIDRs that an attached address may come from. */
  readonly subnets: readonly string[];
  /** What the interface carries now, ours or not. */
  readonly addresses: readonly AttachedAddress[];
}

/**
 * How many addresses the main interface can carry at most, the primary one and
 * foreign ones included. What is absent has no limit.
 */
export interface InterfaceLimits {
  /** IPv4 addresses on the main interface. */
  readonly ipv4?: number;
  /** IPv6 addresses on the main interface. */
  readonly ipv6?: number;
  /** Addresses of both families together, where they share a limit. */
  readonly total?: number;
}

/** What a provider found out about one node. */
export type NodeObservation =
  | {
      readonly node: string;
      readonly interfaces: readonly ProviderInterface[];
      readonly limits: InterfaceLimits;
      /**
       * What attaches addresses there gives no sign of life: the node counts as not ready, whatever the API server
       * says.
       */
      readonly silent?: true;
    }
  | {
      /** The node could not be read: it takes no new address until it can. */
      readonly node: string;
      readonly error: ProviderErrorDescription;
    };

/** An address that somebody uses, and who, in words for people. */
export interface UsedAddress {
  readonly address: string;
  /** Who holds it, for example `interface eni-0a1b (ELB app/shop)`. */
  readonly usedBy: string;
}

/** What a provider found out about one CIDR. */
export type CidrObservation =
  | {
      readonly cidr: string;
      /** Every address in use inside the CIDR, on our nodes' interfaces and elsewhere. */
      readonly inUse: readonly UsedAddress[];
      /** What the platform keeps for itself: addresses or `first-last` ranges. */
      readonly reserved: readonly string[];
    }
  | {
      /** Usage could not be read: nothing is allocated from this CIDR until it can (law 6). */
      readonly cidr: string;
      readonly error: ProviderErrorDescription;
    };

/** The facts of one look at the platform; one entry for every node and CIDR asked for. */
export interface ProviderObservation {
  readonly nodes: readonly NodeObservation[];
  readonly cidrs: readonly CidrObservation[];
}

/** What to look at. */
export interface ObserveOptions {
  readonly nodes: readonly ProviderNode[];
  /** Canonical CIDRs of all EgressIPAMs. */
  readonly cidrs: readonly string[];
  /** Ends the look early; the call then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}
