import { isInterfaceStep, type InterfaceStep, type Step } from '@egressip-ipam/core';

/** The steps that are Kubernetes writes. */
export type WriteStep = Exclude<Step, InterfaceStep>;

/** Whether a step is a Kubernetes write. */
export function isWriteStep(step: Step): step is WriteStep {
  return !isInterfaceStep(step);
}

/** Steps of one object follow each other. */
export function laneOf({ object }: Pick<Step, 'object'>): string {
  return `${object.kind}/${object.name}`;
}

/** The addresses that a write may put where they are not yet. */
export function addressesAtStake(step: WriteStep): readonly string[] {
  if (step.kind === 'annotate') return step.allocated === null ? [] : step.addresses;
  return [...new Set([...(step.effects.hosted ?? []), ...(step.effects.bound ?? [])])];
}

/**
 * What leaves a node may not enter another, and what is being bound may not leave its node, until the write has ended.
 */
export function heldBy({ effects }: WriteStep): readonly string[] {
  return [...(effects.unhosted ?? []), ...(effects.bound ?? [])];
}

/** The addresses that a write puts on a node or takes off it. */
export function movedBy({ effects }: WriteStep): readonly string[] {
  return [...(effects.hosted ?? []), ...(effects.unhosted ?? [])];
}

/** Whether a step only prepares others: such steps take turns with those that they have prepared. */
export function isPreparing({ kind }: WriteStep): boolean {
  return kind === 'annotate' || kind === 'remember';
}

/**
 * An address moves at once, though a thousand new namespaces wait; what touches no address is quick, and others wait
 * for it.
 */
export function isUrgent(step: WriteStep): boolean {
  if (isPreparing(step)) return false;
  const touches = Object.values<readonly string[] | undefined>({ ...step.effects }).some(
    (addresses = []) => addresses.length > 0,
  );
  return !touches || movedBy(step).length > 0;
}
