import type { ClusterRead, ClusterRequest, EquipmentContext } from './cluster-objects.ts';
import type { PlatformInObjects } from './platform-in-objects.ts';
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

/** One change of one address on the platform. */
export type ProviderChange =
  | { readonly type: 'attach'; readonly address: string; readonly node: ProviderNode }
  | { readonly type: 'detach'; readonly address: string; readonly node: ProviderNode }
  | {
      /** From one of our nodes to another; in one step where the platform can. */
      readonly type: 'move';
      readonly address: string;
      readonly from: ProviderNode;
      readonly node: ProviderNode;
    };

/** What became of one change. Idempotent: attaching what is attached and detaching what is absent are `done`. */
export type ProviderChangeResult =
  | { readonly change: ProviderChange; readonly outcome: 'done' }
  | { readonly change: ProviderChange; readonly outcome: 'failed'; readonly error: ProviderErrorDescription };

/** Changes to carry out. */
export interface ApplyOptions {
  readonly changes: readonly ProviderChange[];
  /** Ends the call early; what was not finished is reported as failed with class `unknown`. */
  readonly signal: AbortSignal;
}

/** What a provider can do beyond telling facts. */
export interface ProviderCapabilities {
  /** Whether it attaches addresses to interfaces. */
  readonly attach: boolean;
}

/** The infrastructures that a provider serves. */
export interface ProviderPlatforms {
  /**
   * Values of `Infrastructure.status.platformStatus.type`; the provider that has `None` serves where nobody else does.
   */
  readonly types: readonly string[];
  /** Schemes of `spec.providerID`, such as `cloud://`. */
  readonly providerIDPrefixes: readonly string[];
}

/** How many addresses a platform keeps for itself at the beginning and at the end of each subnet. */
export interface KeptInSubnets {
  readonly first: number;
  readonly last: number;
}

/**
 * What is known of a provider and its platform without making it: a package exports it as `description`, from a
 * module that loads nothing else.
 */
export interface ProviderDescription {
  /** The version of this contract. */
  readonly specificationVersion: 'v1';
  /** Short name, such as `baremetal`. */
  readonly name: string;
  readonly platforms: ProviderPlatforms;
  readonly capabilities: ProviderCapabilities;
  /** Whether the platform carries an address only where an interface is told so, by whoever. */
  readonly isCloud?: boolean;
  /**
   * What it attaches to: an interface of the platform, or, with `kernel`, what the node's own kernel answers for. The
   * latter serves any platform, for networks that need it, and on top of what attaches to the platform's interfaces.
   */
  readonly attachesTo?: 'kernel';
  readonly keptInSubnets?: KeptInSubnets;
  /** For so long, in milliseconds, a look may show what was before a change that was made. */
  readonly settlingTime?: number;
  /** What of the cluster it wants to read. */
  readonly reads?: readonly ClusterRead[];
  /** What it asks of the cluster where it attaches, such as credentials: made once, and then left as it is. */
  readonly requests?: (operatorNamespace: string) => readonly ClusterRequest[];
  /**
   * Whether it can look at the platform: by credentials that are there, say. It serves then also where nobody needs it.
   */
  readonly isEquipped?: (context: EquipmentContext) => boolean;
  /** Where its platform stands in the cluster's own objects: how it is seen in those of files, which nobody can ask. */
  readonly fromObjects?: PlatformInObjects;
}

/**
 * The infrastructure under the nodes. A provider tells facts and applies a diff;
 * the core owns decisions, order, retries, dry-run and the ledger.
 */
export interface CloudProvider extends ProviderDescription {
  /**
   * Tells what is there. Deterministic for an unchanged platform (sorted as asked).
   * What could not be read is said per node and per CIDR, never left out and never shown as free.
   *
   * @throws ProviderError when nothing at all can be read (for example `unauthorized`).
   */
  observe(options: ObserveOptions): Promise<ProviderObservation>;
  /**
   * Carries out changes and waits until the platform shows them. One result per
   * change, in the order asked; a failed change leaves the others alone. Never
   * touches an address that no change names.
   */
  apply(options: ApplyOptions): Promise<readonly ProviderChangeResult[]>;
  /**
   * Resolves when a look would show something else than the last one did, or with the signal: the operator then looks,
   * and asks again.
   */
  changed?(signal: AbortSignal): Promise<void>;
  /** Frees what the provider holds (connections, timers). */
  close?(): Promise<void>;
}
