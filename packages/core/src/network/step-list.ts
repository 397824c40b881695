import type { Step } from '../plan/step.ts';

/** Collects the steps of a plan, and which of them stand between an EgressIPAM and its end. */
export class StepList {
  readonly steps: Step[] = [];
  readonly #ids = new Set<string>();
  readonly #ofEgressIPAM = new Map<number, Set<string>>();

  /** Adds a step; `egressIPAMs` are those that cannot go before it is done. */
  add(step: Step, egressIPAMs: Iterable<number> = []): void {
    this.steps.push(step);
    this.#ids.add(step.id);
    for (const egressIPAM of egressIPAMs) {
      const ids = this.#ofEgressIPAM.get(egressIPAM);
      if (ids === undefined) this.#ofEgressIPAM.set(egressIPAM, new Set([step.id]));
      else ids.add(step.id);
    }
  }

  /** Whether a step is in the list. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** All steps, each behind those it waits for. */
  inOrder(): readonly Step[] {
    if (this.steps.every(({ after }) => after.length === 0)) return this.steps;
    const byId = new Map(this.steps.map((step) => [step.id, step]));
    const ordered: Step[] = [];
    const place = (step: Step): void => {
      if (!byId.delete(step.id)) return;
      for (const id of step.after) {
        const before = byId.get(id);
        if (before !== undefined) place(before);
      }
      ordered.push(step);
    };
    for (const step of this.steps) place(step);
    return ordered;
  }

  /** The steps that an EgressIPAM's end waits for. */
  ofEgressIPAM(egressIPAM: number): readonly string[] {
    return [...(this.#ofEgressIPAM.get(egressIPAM) ?? [])];
  }
}
