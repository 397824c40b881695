import { isInterfaceStep, type InterfaceStep, type Plan } from '@egressip-ipam/core';

/** Changes of one kind between the same interfaces: one call makes all of them. */
export interface InterfaceGroup {
  /** The same for as long as there are such changes. */
  readonly key: string;
  readonly kind: InterfaceStep['kind'];
  /** The nodes whose interfaces are changed. */
  readonly nodes: readonly string[];
  readonly ready: readonly InterfaceStep[];
  /** Those that wait for something. */
  readonly waiting: readonly InterfaceStep[];
}

/** The changes of interfaces in a plan, by interface. */
export function groupInterfaceSteps({ steps }: Pick<Plan, 'steps'>): readonly InterfaceGroup[] {
  const groups = new Map<
    string,
    InterfaceGroup & { readonly ready: InterfaceStep[]; readonly waiting: InterfaceStep[] }
  >();
  for (const step of steps) {
    if (!isInterfaceStep(step)) continue;
    const nodes = step.kind === 'move' ? [step.from, step.node] : [step.node];
    const key = [step.kind, ...nodes].join('/');
    const group = groups.get(key) ?? { key, kind: step.kind, nodes, ready: [], waiting: [] };
    groups.set(key, group);
    (step.after.length === 0 ? group.ready : group.waiting).push(step);
  }
  return [...groups.values()];
}
