import type { Cut } from '@egressip-ipam/sandbox';

/** What a random history is made with. */
export interface Chance {
  /** From 0 up to 1. */
  readonly random: () => number;
  oneOf<Value>(values: readonly Value[]): Value;
}

/** Chance by random numbers, such as seeded ones. */
export function chanceBy(random: () => number): Chance {
  return { random, oneOf: <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value };
}

/** Who is cut off from whom, at random: nobody, one or several machines, halves, all of them from the API server. */
export function randomCuts(names: readonly string[], { random, oneOf }: Chance): readonly Cut[] {
  const all = [...names, 'api'];
  const [one, other] = [oneOf(names), oneOf(all)];
  const [half, few] = [all.filter(() => random() < 0.5), [oneOf(names), oneOf(names)]];
  const apart = (some: readonly string[]): readonly Cut[] =>
    some.flatMap((name) => all.filter((far) => !some.includes(far)).map((far) => [name, far] as const));
  return oneOf<() => readonly Cut[]>([
    () => [],
    () => [[one, 'api']],
    () => (one === other ? [] : [[one, other]]),
    () => apart([one]),
    () => apart(few),
    () => apart(half),
    () => names.map((name) => [name, 'api'] as const),
  ])();
}

/** Looks for addresses that two kernels have; the function that is returned ends it, and tells which there were. */
export function watchHolders(
  addresses: readonly string[],
  holdersOf: (address: string) => readonly string[],
  context: () => string,
): () => readonly string[] {
  const doubles = new Set<string>();
  const seen = new Map<string, number>();
  const watch = setInterval(() => {
    for (const address of addresses) {
      const holders = holdersOf(address);
      // Kernels tell one by one: what is so at five looks in a row was not on its way.
      const count = holders.length > 1 ? (seen.get(address) ?? 0) + 1 : 0;
      seen.set(address, count);
      if (count > 4) doubles.add(`${address} on ${holders.join(' and ')}: ${context()}`);
    }
  }, 10);
  return () => {
    clearInterval(watch);
    return [...doubles];
  };
}
