/** One comparison: times in milliseconds of the same work. */
export interface BenchmarkRow {
  readonly name: string;
  readonly ours: number;
  readonly yardstick: number;
  /** `ours / yardstick`. */
  readonly ratio: number;
  /** The ratio that must not be passed; absent where DESIGN sets none. */
  readonly budget?: number;
}

/** Puts a row together. */
export function row(name: string, ours: number, yardstick: number, budget?: number): BenchmarkRow {
  return { name, ours, yardstick, ratio: ours / yardstick, ...(budget === undefined ? {} : { budget }) };
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Runs something, adds how long it took to a list, and returns what it gave. */
export function timed<Result>(times: number[], work: () => Result): Result {
  const start = performance.now();
  const result = work();
  times.push(performance.now() - start);
  return result;
}
