import type { Step } from '../plan/step.ts';

/** Collects the steps of a plan, and which of them stand between an EgressIPAM and its end. */
export class StepList {
  readonly steps: Step[] = [];
  readonly #positions = new Map<string, number>();
  readonly #ofEgressIPAM = new Map<number, Set<string>>();

  /** Adds a step; `egressIPAMs` are those that cannot go before it is done. */
  add(step: Step, egressIPAMs: Iterable<number> = []): void {
    this.#positions.set(step.id, this.steps.length);
    this.steps.push(step);
    for (const egressIPAM of egressIPAMs) {
      const ids = this.#ofEgressIPAM.get(egressIPAM);
      if (ids === undefined) this.#ofEgressIPAM.set(egressIPAM, new Set([step.id]));
      else ids.add(step.id);
    }
  }

  /** Whether a step is in the list. */
  has(id: string): boolean {
    return this.#positions.has(id);
  }

  /** All steps, each behind those it waits for. */
  inOrder(): readonly Step[] {
    if (this.steps.every(({ after }) => after.length === 0)) return this.steps;
    const isPlaced = new Uint8Array(this.steps.length);
    const ordered: Step[] = [];
    const place = (position: number): void => {
      const step = this.steps[position];
      if (step === undefined || isPlaced[position] === 1) return;
      isPlaced[position] = 1;
      for (const id of step.after) place(this.#positions.get(id) ?? -1);
      ordered.push(step);
    };
    for (let position = 0; position < this.steps.length; position += 1) place(position);
    return ordered;
  }

  /** The steps that an EgressIPAM's end waits for. */
  ofEgressIPAM(egressIPAM: number): readonly string[] {
    return [...(this.#ofEgressIPAM.get(egressIPAM) ?? [])];
  }
}
