import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { afterStep, type Precondition, type Step } from '../network-contract/step.ts';

/** Which steps do what to an address. */
export class StepsByAddress {
  readonly #steps = new Map<string, Step[]>();

  constructor(steps: readonly Step[]) {
    for (const step of steps) {
      const { recorded, hosted, unhosted, bound, unbound, attached, detached } = step.effects;
      for (const addresses of [recorded, hosted, unhosted, bound, unbound, attached, detached])
        if (addresses !== undefined) for (const address of addresses) this.#note(address, step);
    }
  }

  #note(address: string, step: Step): void {
    const list = this.#steps.get(address);
    if (list === undefined) this.#steps.set(address, [step]);
    else if (list.at(-1) !== step) list.push(step);
  }

  /** The steps that note an address as ours before it goes anywhere. */
  recording(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ effects }, text) => effects.recorded?.includes(text) === true);
  }

  /** The steps that put an address on a node, the first of each object. */
  hosting(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ effects }, text) => effects.hosted?.includes(text) === true);
  }

  /** The steps that end what traffic is bound to an address, but for those that wait for another step themselves. */
  unbinding(address: Address, another: string): readonly Precondition[] {
    const waits = ({ after }: Step): boolean => after.some((before) => before.kind === 'step' && before.id === another);
    return this.#preconditions(address, (step, text) => step.effects.unbound?.includes(text) === true && !waits(step));
  }

  /** The steps that take an address off a node. */
  unhosting(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ effects }, text) => effects.unhosted?.includes(text) === true);
  }

  /** The steps that undo something of an address. */
  undoing(address: Address): readonly Precondition[] {
    const undoes = ({ effects }: Step, text: string): boolean =>
      [effects.unhosted, effects.unbound, effects.detached].some((list) => list?.includes(text) === true);
    return this.#preconditions(address, undoes);
  }

  #preconditions(address: Address, does: (step: Step, text: string) => boolean): readonly Precondition[] {
    const text = formatAddress(address);
    const seen = new Set<string>();
    return (this.#steps.get(text) ?? []).flatMap((step) => {
      const object = `${step.object.kind}/${step.object.name}`;
      if (!does(step, text) || seen.has(object)) return [];
      seen.add(object);
      return [afterStep(step.id)];
    });
  }
}

/** All steps, each behind those it waits for. */
export function inOrder(steps: readonly Step[]): readonly Step[] {
  if (steps.every(({ after }) => after.length === 0)) return steps;
  const byId = new Map(steps.map((step) => [step.id, step]));
  const placed = new Set<Step>();
  const ordered: Step[] = [];
  const place = (step: Step | undefined): void => {
    if (step === undefined || placed.has(step)) return;
    placed.add(step);
    for (const precondition of step.after) if (precondition.kind === 'step') place(byId.get(precondition.id));
    ordered.push(step);
  };
  for (const step of steps) place(step);
  return ordered;
}

/** The addresses of texts that steps carry. */
export function addressesOf(texts: readonly string[] | undefined): readonly Address[] {
  return (texts ?? []).flatMap((text) => parseAddress(text) ?? []);
}
