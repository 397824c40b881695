import { FakeClock } from '@egressip-ipam/kube/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NamespaceCounts } from './namespace-counts.ts';

describe('objects of namespaces', () => {
  let clock: FakeClock;
  let ending: AbortController;
  let ended: Promise<void>;
  let counts: NamespaceCounts;
  let [namespaces, asked]: string[][] = [];
  let [changes, refusals] = [0, 0];
  let answer: (namespace: string) => number | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    ending = new AbortController();
    [namespaces, asked] = [['blue', 'red'], []];
    [changes, refusals] = [0, 0];
    answer = () => 3;
    counts = new NamespaceCounts({
      clock,
      namespaces: () => namespaces ?? [],
      count: async (namespace) => {
        asked?.push(namespace);
        return answer(namespace);
      },
      onChange: () => (changes += 1),
      onRefused: () => (refusals += 1),
    });
    ended = counts.run(ending.signal);
  });
  afterEach(async () => {
    ending.abort();
    await ended;
  });

  it('are counted in each at once, and then at the most once a second, each at the most once a minute', async () => {
    await clock.advance(100);
    expect(counts.list()).toEqual([
      { name: 'blue', count: 3 },
      { name: 'red', count: 3 },
    ]);
    await clock.advance(50_000);
    expect(asked).toHaveLength(2);
    namespaces = Array.from({ length: 100 }, (_, index) => `n${index}`);
    await clock.advance(10_000);
    expect(counts.list()).toHaveLength(100);
    asked = [];
    await clock.advance(600_000);
    expect(asked.length).toBeGreaterThan(540);
    expect(asked.length).toBeLessThanOrEqual(600);
  });

  it('stay the same list, and are told of, only as they change', async () => {
    await clock.advance(30_000);
    const before = counts.list();
    changes = 0;
    await clock.advance(600_000);
    expect([changes, counts.list() === before]).toEqual([0, true]);
    answer = (namespace) => (namespace === 'red' ? 50 : 3);
    await clock.advance(120_000);
    expect(counts.list()).toContainEqual({ name: 'red', count: 50 });
    expect(changes).toBe(1);
    namespaces = ['blue'];
    await clock.advance(20_000);
    expect(counts.list()).toEqual([{ name: 'blue', count: 3 }]);
    expect(changes).toBe(2);
  });

  it('are asked for once in ten minutes where that is refused', async () => {
    await clock.advance(61_000);
    answer = () => undefined;
    await clock.advance(120_000);
    expect(counts.list()).toEqual([]);
    expect(refusals).toBeGreaterThan(0);
    asked = [];
    await clock.advance(1_200_000);
    expect(asked.length).toBeLessThanOrEqual(3);
    answer = () => 7;
    await clock.advance(1_200_000);
    expect(counts.list()).toHaveLength(2);
  });

  it('are what they were while the API server fails, and one that fails holds up no other', async () => {
    await clock.advance(1_000);
    namespaces = ['blue', 'green', 'red'];
    answer = (namespace) => {
      if (namespace !== 'red') throw new Error('no list');
      return 9;
    };
    await clock.advance(300_000);
    expect(counts.list()).toEqual([
      { name: 'blue', count: 3 },
      { name: 'red', count: 9 },
    ]);
  });
});
