import type { ObjectReference } from '../finding/finding.ts';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';

/** What has to be so before a step may start. */
export type Precondition =
  | {
      /** Another step of the plan must be done, and its result observed. */
      readonly kind: 'step';
      readonly id: string;
      /** It only helps: after some failed attempts nothing waits for it any longer. */
      readonly optional?: true;
    }
  | {
      /** Something that no step of ours does must be observed: the object gone, present or read, or room in it. */
      readonly kind: 'observed';
      readonly object: ObjectReference;
      readonly state: 'gone' | 'present' | 'read' | 'room';
    };

/** What a step does to addresses. Canonical text; what is absent is none. */
export interface StepEffects {
  /** Written into the namespace's annotation, or no longer promised there. */
  readonly allocated?: readonly string[];
  readonly released?: readonly string[];
  /**
   * Noted as ours in an object, and used for nothing yet. Where a network wants addresses on interfaces first, a crash
   * in between would leave one there that is on no record (law 9).
   */
  readonly recorded?: readonly string[];
  /** Put on the node, or taken off it. */
  readonly hosted?: readonly string[];
  readonly unhosted?: readonly string[];
  /** Traffic is sent out by these from now on, or no longer. */
  readonly bound?: readonly string[];
  readonly unbound?: readonly string[];
  /** Put on the node's interface, or taken off it. */
  readonly attached?: readonly string[];
  readonly detached?: readonly string[];
}

/** What every step has. */
interface StepBase {
  /** Unique in its plan. Nothing stands in its spelling. */
  readonly id: string;
  /** The object that it writes. One write at a time per object. */
  readonly object: ObjectReference;
  readonly effects: StepEffects;
  /**
   * What must be so before it may start; with none it may start now. Execution starts ready steps, observes, and
   * plans again; as long as nothing else changes, a new plan would say no more than that steps whose others are done
   * are ready, and they may start without one.
   */
  readonly after: readonly Precondition[];
  /** Whom it is about, as far as it is about one. */
  readonly namespace?: string;
  readonly node?: string;
  readonly egressIPAM?: string;
}

/** Put our finalizer on an EgressIPAM, or take it away. */
export interface FinalizerStep extends StepBase {
  readonly kind: 'finalizer';
  readonly egressIPAM: string;
  readonly present: boolean;
  /** The whole new list of the object's finalizers. */
  readonly finalizers: readonly string[];
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
  /** What it takes out of `allocated` because another namespace has it, and nothing else. */
  readonly refuted?: readonly string[];
}

/** Put an address on a node's interface, or take it off. */
export interface AttachmentStep extends StepBase {
  readonly kind: 'attach' | 'detach';
  readonly node: string;
  readonly address: string;
}

/** Move an address from one node's interface to another's. */
export interface MoveStep extends StepBase {
  readonly kind: 'move';
  readonly from: string;
  readonly node: string;
  readonly address: string;
}

/** A write of one of the network's objects; what it writes is its back end's business. */
export interface NetworkStep extends StepBase {
  readonly kind: 'network';
  /** Its back end's word for it, such as `host` or `bind`; for people and metrics. */
  readonly action: string;
  /** Plain JSON that only its back end reads. */
  readonly payload: unknown;
  /** What the object is to come to in the end, where this is but one step on the way there. */
  readonly goal?: unknown;
  /**
   * Addresses carry traffic only with what it writes, though it puts none anywhere itself: a label by which nodes are
   * chosen, a pool. Where somebody keeps undoing it, it is back as soon as what binds and hosts.
   */
  readonly carries?: true;
}

/** A change of a node's interface. */
export type InterfaceStep = AttachmentStep | MoveStep;

/** One write or cloud change on the way from what is to what should be. */
export type Step = FinalizerStep | RememberStep | AnnotateStep | InterfaceStep | NetworkStep;

/** The step that must be done first. */
export function afterStep(id: string): Precondition {
  return { kind: 'step', id };
}

/** Preconditions without those that say the same. */
export function distinctPreconditions(preconditions: readonly Precondition[]): readonly Precondition[] {
  if (preconditions.length < 2) return preconditions;
  return [...new Map(preconditions.map((precondition) => [keyOf(precondition), precondition])).values()];
}

function keyOf(precondition: Precondition): string {
  if (precondition.kind === 'step')
    return `step ${precondition.id}${precondition.optional === true ? ' optional' : ''}`;
  const { object, state } = precondition;
  return `${object.kind} ${object.name} ${state}`;
}
