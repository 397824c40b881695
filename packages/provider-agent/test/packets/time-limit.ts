import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { expect } from 'vitest';

/** Of the time measured, for how much of it programs may wait for a processor before that is why it took long. */
const mostWaiting = 0.25;

interface Clocks {
  readonly now: () => number;
  /** For how long, in milliseconds, any program waited for a processor since the machine started. */
  readonly waitedFor: () => number;
}

const clocks: Clocks = { now: () => performance.now(), waitedFor: millisecondsWaited };

/**
 * Begins to measure; the function that is returned holds a time against its limit. Where the limit is passed while
 * other programs had the processors (Linux: `/proc/pressure/cpu`), the test is skipped, and says so: it cannot tell.
 */
export function startTimeLimit({ now, waitedFor }: Clocks = clocks): (
  context: Pick<TestContext, 'task' | 'skip'>,
  milliseconds: number,
  limit: number,
) => void {
  const [start, before] = [now(), waitedFor()];
  return ({ task, skip }, milliseconds, limit) => {
    const waited = (waitedFor() - before) / (now() - start);
    if (milliseconds > limit && waited > mostWaiting) {
      const percent = Math.round(waited * 100);
      task.meta.skippedFor = `this machine was too busy to measure: programs waited for a processor ${percent} % of the time`;
      skip(`${milliseconds} ms, ${limit} ms at the most: ${task.meta.skippedFor}`);
    }
    expect(milliseconds).toBeLessThanOrEqual(limit);
  };
}

// 0 where that is not counted.
function millisecondsWaited(): number {
  try {
    const [, total = '0'] = /^some .*total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8')) ?? [];
    return Number(total) / 1_000;
  } catch {
    return 0;
  }
}
