import type { ReleasedAddresses, LabelSelector } from '../snapshot/snapshot.ts';

/** What every step has. */
interface StepBase {
  /** Unique in its plan, and the same for the same step of the next plan. */
  readonly id: string;
  /**
   * Steps whose result must be observed before this one may start. A step with
   * none may start now. Execution starts ready steps, observes, and plans again;
   * as long as nothing else changes, a new plan would say no more than that steps
   * whose others are done are ready, and they may start without one.
   */
  readonly after: readonly string[];
}

/** Put our finalizer on an EgressIPAM, or take it away. */
export interface FinalizerStep extends StepBase {
  readonly kind: 'finalizer';
  readonly egressIPAM: string;
  readonly present: boolean;
}

/** Write `status.released` of an EgressIPAM, before the last trace of the addresses goes. */
export interface RememberStep extends StepBase {
  readonly kind: 'remember';
  readonly egressIPAM: string;
  readonly released: readonly ReleasedAddresses[];
}

/** Write a namespace's allocation, or remove it: the source of truth. */
export interface AnnotateStep extends StepBase {
  readonly kind: 'annotate';
  readonly namespace: string;
  /** The value of the `egressips` annotation; `null` removes it; absent leaves it as its owner wrote it. */
  readonly egressIPs?: string | null;
  /** The value of the `allocated` annotation; `null` removes it. */
  readonly allocated: string | null;
  /** The addresses the namespace may hold when the write's outcome is not known. */
  readonly addresses: readonly string[];
}

/** OpenShift SDN: write what a HostSubnet hosts, and the record of what is ours. */
export interface HostStep extends StepBase {
  readonly kind: 'host';
  /** Node and HostSubnet name. */
  readonly node: string;
  /** The whole new `egressIPs`. Absent: not ours to write (the SDN places). */
  readonly egressIPs?: readonly string[];
  /** The whole new `egressCIDRs`. Absent: stays. */
  readonly egressCIDRs?: readonly string[];
  /** The new `hosted-ips` record; `null` removes it. */
  readonly hostedIPs: string | null;
  /** The new `hosted-cidrs` record; `null` removes it. */
  readonly hostedCIDRs: string | null;
  /** Addresses that this write puts here. */
  readonly added: readonly string[];
  /** Addresses that this write takes away. */
  readonly removed: readonly string[];
}

/** OpenShift SDN: write `NetNamespace.egressIPs`. */
export interface ClaimStep extends StepBase {
  readonly kind: 'claim';
  readonly namespace: string;
  /** The whole new list; empty unbinds. */
  readonly egressIPs: readonly string[];
}

/** Put addresses on a node's interface. */
export interface AttachStep extends StepBase {
  readonly kind: 'attach';
  readonly node: string;
  readonly addresses: readonly string[];
}

/** Take addresses off a node's interface. */
export interface DetachStep extends StepBase {
  readonly kind: 'detach';
  readonly node: string;
  readonly addresses: readonly string[];
}

/** Move addresses from one node's interface to another's. */
export interface MoveStep extends StepBase {
  readonly kind: 'move';
  readonly from: string;
  readonly node: string;
  readonly addresses: readonly string[];
}

/** OVN-Kubernetes: set or remove the label `k8s.ovn.org/egress-assignable` and our mark that we set it. */
export interface LabelNodeStep extends StepBase {
  readonly kind: 'label-node';
  readonly node: string;
  readonly present: boolean;
}

/** OVN-Kubernetes: server-side apply of an EgressIP (`metadata.labels` and `spec` only). */
export interface ApplyEgressIPStep extends StepBase {
  readonly kind: 'apply-egress-ip';
  readonly name: string;
  readonly namespace: string;
  readonly egressIPAM: string;
  readonly egressIPs: readonly string[];
  /** Where this is but one step of several: what it will be in the end. */
  readonly target?: readonly string[];
  readonly egressNodeSelector?: LabelSelector;
  /** Someone narrowed it to some pods: what this project has never applied only goes when it is applied empty. */
  readonly clearsPodSelector?: true;
}

/** OVN-Kubernetes: delete an EgressIP of ours. */
export interface DeleteEgressIPStep extends StepBase {
  readonly kind: 'delete-egress-ip';
  readonly name: string;
}

/** One write or cloud change on the way from what is to what should be. */
export type Step =
  | FinalizerStep
  | RememberStep
  | AnnotateStep
  | HostStep
  | ClaimStep
  | AttachStep
  | DetachStep
  | MoveStep
  | LabelNodeStep
  | ApplyEgressIPStep
  | DeleteEgressIPStep;
