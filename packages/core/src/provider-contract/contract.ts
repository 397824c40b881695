import type { ClusterRead, ClusterRequest, EquipmentContext } from './cluster-objects.ts';
import type { ObserveOptions, ProviderNode, ProviderObservation } from './observation.ts';
import type { PlatformInObjects } from './platform-in-objects.ts';
import type { ProviderErrorDescription } from './provider-error.ts';

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
