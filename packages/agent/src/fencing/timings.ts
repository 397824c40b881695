/** The times of the fence, in milliseconds. All follow from one, the term, which an agent writes into its Lease. */
export interface Timings {
  /** How long an agent holds its addresses after it *sent* a renewal that succeeded. */
  readonly term: number;
  /** Between two renewals. */
  readonly renewal: number;
  /** How long a peer's answer counts, from when it was asked. */
  readonly window: number;
  /**
   * What is waited beyond a term or a window before anybody else acts: clocks that run at different rates (500 ppm),
   * late timers, and the kernel's own lateness with lifetimes, at most 8 %.
   */
  readonly margin: number;
  /** After how much silence the operator begins to ask the others. */
  readonly suspicion: number;
}

/** Milliseconds: from power-off to the move it takes 5 to 7 seconds, and an agent writes its Lease every 2 seconds. */
export const defaultTerm = 6_000;

/**
 * The times that follow from a term.
 *
 * @throws RangeError for a term shorter than three seconds: lifetimes in the kernel are whole seconds
 */
export function timingsOf(term: number): Timings {
  if (!(term >= 3_000)) throw new RangeError(`the term must be at least 3 seconds, not ${term / 1000}`);
  return { term, renewal: term / 3, window: term / 2, margin: Math.max(1_000, term / 8), suspicion: term / 2 };
}
