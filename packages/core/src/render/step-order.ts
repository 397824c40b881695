import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { afterStep, type Precondition, type Step } from '../network-contract/step.ts';

const none: readonly never[] = [];

/** What steps do to addresses. */
const effectNames = ['recorded', 'hosted', 'unhosted', 'bound', 'unbound', 'attached', 'detached'] as const;
type EffectName = (typeof effectNames)[number];

/** One thing that a step does to an address. */
interface Effect {
  readonly step: Step;
  readonly name: EffectName;
}

/** Which steps do what to an address. Gathered at the first question, as mostly nobody asks. */
export class StepsByAddress {
  readonly #steps: readonly Step[];
  #effects: ReadonlyMap<string, readonly Effect[]> | undefined;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** The steps that note an address as ours before it goes anywhere. */
  recording(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ name }) => name === 'recorded');
  }

  /** The steps that put an address on a node, the first of each object. */
  hosting(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ name }) => name === 'hosted');
  }

  /** The steps that end what traffic is bound to an address, but for those that wait for another step themselves. */
  unbinding(address: Address, another: string): readonly Precondition[] {
    const waits = ({ after }: Step): boolean => after.some((before) => before.kind === 'step' && before.id === another);
    return this.#preconditions(address, ({ name, step }) => name === 'unbound' && !waits(step));
  }

  /** The steps that take an address off a node. */
  unhosting(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ name }) => name === 'unhosted');
  }

  /** The steps that undo something of an address. */
  undoing(address: Address): readonly Precondition[] {
    return this.#preconditions(address, ({ name }) => name === 'unhosted' || name === 'unbound' || name === 'detached');
  }

  #preconditions(address: Address, isWanted: (effect: Effect) => boolean): readonly Precondition[] {
    this.#effects ??= effectsByAddress(this.#steps);
    const seen = new Set<string>();
    return (this.#effects.get(formatAddress(address)) ?? []).flatMap((effect) => {
      if (!isWanted(effect)) return [];
      const { id, object } = effect.step;
      const key = `${object.kind}/${object.name}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [afterStep(id)];
    });
  }
}

function effectsByAddress(steps: readonly Step[]): ReadonlyMap<string, readonly Effect[]> {
  const effects = new Map<string, Effect[]>();
  for (const step of steps) {
    for (const name of effectNames) {
      for (const address of step.effects[name] ?? none) {
        const effect = { step, name };
        const list = effects.get(address);
        if (list === undefined) effects.set(address, [effect]);
        else list.push(effect);
      }
    }
  }
  return effects;
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
