import { formatAddress, type Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { NetworkBackend, Rendering } from '../network-contract/backend.ts';
import type { StepOrder } from '../network-contract/decisions.ts';
import type { NetworkView } from '../network-contract/facts.ts';
import {
  afterStep,
  distinctPreconditions,
  type AnnotateStep,
  type InterfaceStep,
  type NetworkStep,
  type Precondition,
  type Step,
} from '../network-contract/step.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { annotationOf, correctionOf, isAnnotated } from './annotations.ts';
import { effectsOf, wantedAttachments, type AttachmentChange } from './attachments.ts';
import { allotmentAt, type Decided } from './decided.ts';
import { finalizersToAdd, finalizersToRemove } from './finalizers.ts';
import { networkDecisions } from './network-decisions.ts';
import { rememberReleased, type Remembered } from './remember-released.ts';
import { addressesOf, inOrder, StepsByAddress } from './step-order.ts';

/** The ordered steps from what is to what should be, and what the network says of it. */
export interface Rendered {
  /** Each behind those it waits for. */
  readonly steps: readonly Step[];
  readonly rendering: Rendering;
  /** What `status.released` of each EgressIPAM should be, in their order. */
  readonly remembered: readonly Remembered[];
}

/**
 * From decisions to steps. On the way in: annotation → the network's host → interface → traffic bound; on the way out
 * the reverse (laws 7 and 9). The back end renders its own objects; what is common to all networks is put around them.
 */
export function render(decided: Decided, backend: NetworkBackend, view: NetworkView): Rendered {
  const remembered = rememberReleased(decided);
  const attachments = wantedAttachments(decided);
  const annotations = new Annotations(decided);
  const remembering = new Map(remembered.flatMap(({ before }) => [...before]));
  const rememberBefore = (address: Address): readonly Precondition[] => {
    const precondition = remembering.get(formatAddress(address));
    return precondition === undefined ? [] : [precondition];
  };
  const order = stepOrder(decided, annotations, attachments, rememberBefore);
  const rendering = backend.render(networkDecisions(decided, order), decided.facts, view);
  const byAddress = new StepsByAddress(rendering.steps);
  const interfaceSteps = [...attachments.values()].map((change) =>
    interfaceStep(decided, annotations, byAddress, change),
  );
  const networkSteps = rendering.steps.map((step) => withAttachments(step, decided, attachments));
  const done = new StepsByAddress([...networkSteps, ...interfaceSteps]);
  const finalizers = finalizersToAdd(decided);
  const finalizerIds = new Map(finalizers.map(({ egressIPAM, id }) => [egressIPAM, id]));
  const byNamespace = idsByNamespace(networkSteps);
  const clearing = annotations.clearing.map((step) => {
    const undone = annotations
      .leavingOf(step.namespace)
      .flatMap((address) => [
        ...done.undoing(address),
        ...rememberBefore(address),
        ...(rendering.beforeRelease?.get(address) ?? []),
      ]);
    return { ...step, after: distinctPreconditions([...(byNamespace.get(step.namespace) ?? []), ...undone]) };
  });
  const clearedBefore = annotations.clearedBefore(clearing);
  const allocating = annotations.allocating.map((step) => {
    const finalizer = finalizerIds.get(step.egressIPAM ?? '');
    const cleared = step.addresses.flatMap((address) => clearedBefore.get(address) ?? []);
    const first = finalizer === undefined ? [] : [afterStep(finalizer)];
    const after = [...first, ...cleared, ...annotations.unrecording(step.namespace).flatMap(rememberBefore)];
    return after.length === 0 ? step : { ...step, after: distinctPreconditions(after) };
  });
  const steps: readonly Step[] = [
    ...finalizers,
    ...remembered.flatMap(({ step }) => step ?? []),
    ...networkSteps,
    ...interfaceSteps,
    ...clearing,
    ...allocating,
    // What the record alone makes ours goes first.
    ...annotations.correcting.map((step) =>
      annotations.unrecording(step.namespace).length === 0
        ? step
        : { ...step, after: byNamespace.get(step.namespace) ?? [] },
    ),
  ];
  return { steps: inOrder([...steps, ...finalizersToRemove(decided, steps)]), rendering, remembered };
}

function idsByNamespace(steps: readonly NetworkStep[]): ReadonlyMap<string, readonly Precondition[]> {
  const ids = new Map<string, Precondition[]>();
  for (const { namespace, id } of steps) {
    if (namespace === undefined) continue;
    const list = ids.get(namespace);
    if (list === undefined) ids.set(namespace, [afterStep(id)]);
    else list.push(afterStep(id));
  }
  return ids;
}

/** The annotations that are to be written, and whether an address is on record. */
class Annotations {
  /** Those that give a namespace addresses. */
  readonly allocating: readonly AnnotateStep[];
  /** Those that take away all that it had. */
  readonly clearing: readonly AnnotateStep[];
  /** Those that take out of a record what is another namespace's. */
  readonly correcting: readonly AnnotateStep[];
  readonly #decided: Decided;
  readonly #byNamespace: ReadonlyMap<string, AnnotateStep>;
  readonly #leaving = new Map<string, readonly Address[]>();
  readonly #exchanges = new Map<Address, AnnotateStep>();
  readonly #unrecording = new Map<string, readonly Address[]>();

  constructor(decided: Decided) {
    this.#decided = decided;
    const steps: AnnotateStep[] = [];
    const corrections: AnnotateStep[] = [];
    for (const allotment of decided.unsettled) {
      const step = annotationOf(allotment);
      this.#noteUnrecorded(allotment);
      if (step === undefined) {
        const correction = this.#correctionOf(allotment);
        if (correction !== undefined) corrections.push(correction);
        continue;
      }
      steps.push(step);
      if (step.allocated !== null) {
        for (const address of allotment.leaving) this.#exchanges.set(address, step);
        continue;
      }
      // What is on record may be held by the cloud still, when nothing else proves any more that it was there.
      const recorded = allotment.claim.namespace.allocated?.addresses ?? [];
      this.#leaving.set(step.namespace, [...new Set([...allotment.leaving, ...recorded])]);
    }
    this.allocating = steps.filter(({ allocated }) => allocated !== null);
    this.clearing = steps.filter(({ allocated }) => allocated === null);
    this.correcting = corrections;
    this.#byNamespace = new Map(steps.map((step) => [step.namespace, step]));
  }

  /** What a namespace gives back with everything that it had. */
  leavingOf(namespace: string): readonly Address[] {
    return this.#leaving.get(namespace) ?? [];
  }

  /**
   * By address: the annotation that has to go before the address is written into another one, as two namespaces would
   * have it for a moment. Nothing proves that it was ever more than written down, or its last trace waited for others.
   *
   * @param clearing the steps, with what they wait for
   */
  clearedBefore(clearing: readonly AnnotateStep[]): ReadonlyMap<string, Precondition> {
    return new Map(
      clearing
        .filter(({ after }) => after.length === 0)
        .flatMap(({ id, namespace }) =>
          this.leavingOf(namespace).map((address) => [
            formatAddress(address),
            // A namespace that cannot be written keeps nobody waiting for what it only says that it had.
            { kind: 'step', id, optional: true } as const,
          ]),
        ),
    );
  }

  /** The annotation that has to be written before an address may be used. */
  before(address: Address): readonly Precondition[] {
    const allotment = this.#ownerOf(address);
    if (allotment === undefined || allotment.edited || isAnnotated(allotment, address)) return [];
    const step = this.#byNamespace.get(allotment.claim.namespace.name);
    return step === undefined ? [] : [afterStep(step.id)];
  }

  /**
   * The annotation that no longer has an address which its namespace exchanges for another: as long as it does, what
   * proves it stays, for a claim with nothing but a record of what it gave up could not be told from a wish for it (law
   * 9).
   */
  exchanging(address: Address): readonly Precondition[] {
    const step = this.#exchanges.get(address);
    return step === undefined ? [] : [afterStep(step.id)];
  }

  /**
   * What of an object that our record alone makes ours is no address of its namespace: once no record says so any more,
   * the object is somebody else's, and stays.
   */
  unrecording(namespace: string): readonly Address[] {
    return this.#unrecording.get(namespace) ?? [];
  }

  #noteUnrecorded({ claim: { binding, namespace }, addresses }: Allotment): void {
    if (binding?.byRecord !== true) return;
    this.#unrecording.set(
      namespace.name,
      binding.addresses.filter((address) => !addresses.includes(address)),
    );
  }

  /** What is to be taken out of a namespace's record; where records are proof, none is wrong. */
  #correctionOf(allotment: Allotment): AnnotateStep | undefined {
    if (!this.#decided.traits.provesAllocations) return undefined;
    return correctionOf(allotment, (address) => {
      const owner = this.#ownerOf(address);
      return owner !== undefined && owner !== allotment && owner.claim.kept.includes(address);
    });
  }

  #ownerOf(address: Address): Allotment | undefined {
    return allotmentAt(this.#decided, this.#decided.ledger.slotOf(address));
  }
}

function stepOrder(
  { traits }: Decided,
  annotations: Annotations,
  attachments: ReadonlyMap<Address, AttachmentChange>,
  rememberBefore: (address: Address) => readonly Precondition[],
): StepOrder {
  const attachBefore = (address: Address): readonly Precondition[] => {
    const change = attachments.get(address);
    const isAwaited =
      traits.attach === 'before-hosting' && change !== undefined && change.kind !== 'detach' && !change.follows;
    return isAwaited ? [afterStep(change.id)] : [];
  };
  const detachBefore = (address: Address): readonly Precondition[] => {
    const change = attachments.get(address);
    return change?.kind === 'detach' && !isLast(traits, change) ? [afterStep(change.id)] : [];
  };
  return {
    beforeHosting: (address) => [...annotations.before(address), ...attachBefore(address)],
    beforeBinding: (address) => annotations.before(address),
    beforeForgetting: (address) => [
      ...annotations.exchanging(address),
      ...detachBefore(address),
      ...rememberBefore(address),
    ],
  };
}

/**
 * Where the network wants an address on the interface before it hosts it, or chose the node, it comes off there last.
 */
function isLast({ attach }: NetworkTraits, { follows }: AttachmentChange): boolean {
  return attach === 'before-hosting' || follows;
}

/** What an interface change waits for: what the network does first. */
function interfaceStep(
  { traits }: Decided,
  annotations: Annotations,
  byAddress: StepsByAddress,
  change: AttachmentChange,
): InterfaceStep {
  const { kind, address, node, namespace, from, id, unseen, follows } = change;
  const text = formatAddress(address);
  const first = ((): readonly Precondition[] => {
    if (kind === 'detach') {
      // What binds an address and is the last trace of it goes once the address is off.
      const unbinding = byAddress.unbinding(address, id);
      return isLast(traits, change) ? [...unbinding, ...byAddress.unhosting(address)] : unbinding;
    }
    const hosting = byAddress.hosting(address);
    const isFirst = (traits.attach === 'before-hosting' && !follows) || hosting.length === 0;
    return isFirst ? [...annotations.before(address), ...byAddress.recording(address)] : hosting;
  })();
  const base = {
    id,
    object: { kind: 'Interface', name: node },
    effects: effectsOf(change),
    after: distinctPreconditions([...first, ...unseen]),
    ...(namespace === undefined ? {} : { namespace }),
    node,
    address: text,
  };
  return kind === 'move' ? { ...base, kind, from: from ?? node } : { ...base, kind };
}

/** Traffic is bound to an address once it is on the interface, where this project attaches before that (law 7). */
function withAttachments(
  step: NetworkStep,
  { traits }: Decided,
  attachments: ReadonlyMap<Address, AttachmentChange>,
): NetworkStep {
  if (attachments.size === 0 || step.effects.bound === undefined || traits.attach === 'before-hosting') return step;
  const awaited = addressesOf(step.effects.bound).flatMap((address) => {
    const change = attachments.get(address);
    return change === undefined || change.kind === 'detach' || change.follows ? [] : [afterStep(change.id)];
  });
  return awaited.length === 0 ? step : { ...step, after: distinctPreconditions([...step.after, ...awaited]) };
}
