import { readEgressNode, type EgressNode } from '@egressip-ipam/agent';
import { describe, expect, it } from 'vitest';
import { Strays } from './strays.ts';

const waited = 7_000;

/** A node that is asked to carry some addresses, by its generation, and says that it has some. */
function node(generation: number, wishes: readonly string[], says: readonly string[], read = generation): EgressNode {
  return readEgressNode({
    metadata: { name: 'a', generation },
    spec: { addresses: wishes.map((address) => ({ address })) },
    status: { observedGeneration: read, addresses: says.map((address) => ({ address, state: 'Held', since: '' })) },
  });
}

describe('what nobody asks a node to carry', () => {
  const start = (first = node(1, ['10.0.0.1'], ['10.0.0.1'])) => {
    const strays = new Strays();
    strays.note(first, undefined, 0);
    let last = first;
    return {
      note: (next: EgressNode, now: number) => {
        strays.note(next, last, now);
        last = next;
      },
      mayHave: (address: string, now: number) => strays.mayHave('a', address, waited, now),
    };
  };

  it('it may have for a term after it read that it is asked for no more, and until it says that it let go', () => {
    const { note, mayHave } = start();
    note(node(2, [], ['10.0.0.1'], 1), 100_000);
    expect(mayHave('10.0.0.1', 200_000)).toBe(true);
    note(node(2, [], ['10.0.0.1']), 200_000);
    expect([206_000, 208_000].map((now) => mayHave('10.0.0.1', now))).toEqual([true, false]);
    note(node(2, [], []), 201_000);
    expect(mayHave('10.0.0.1', 201_000)).toBe(false);
  });

  it('it never has where it never was asked for it, whatever it says, and however often it says so anew', () => {
    const { note, mayHave } = start();
    for (let now = 100_000; now < 200_000; now += 5_000) {
      note(node(1, ['10.0.0.1'], ['10.0.0.1', '10.0.0.9'], now % 2), now);
      expect(mayHave('10.0.0.9', now)).toBe(false);
      note(node(1, ['10.0.0.1'], ['10.0.0.1']), now + 1_000);
    }
  });

  it('may be left of what was asked for and taken back while nobody here looked', () => {
    const { note, mayHave } = start();
    note(node(4, ['10.0.0.1'], ['10.0.0.1', '10.0.0.2'], 3), 100_000);
    expect(mayHave('10.0.0.2', 200_000)).toBe(true);
    note(node(4, ['10.0.0.1'], ['10.0.0.1', '10.0.0.2']), 200_000);
    expect([206_000, 208_000].map((now) => mayHave('10.0.0.2', now))).toEqual([true, false]);
  });

  it('may be left of what was before it was first seen, or of what a server that was set back has lost', () => {
    const { note, mayHave } = start(node(5, [], ['10.0.0.2']));
    expect([6_000, 8_000].map((now) => mayHave('10.0.0.2', now))).toEqual([true, false]);
    note(node(5, [], ['10.0.0.3']), 90_000);
    expect(mayHave('10.0.0.3', 90_000)).toBe(false);
    note(node(3, [], ['10.0.0.3'], 5), 100_000);
    expect(mayHave('10.0.0.3', 130_000)).toBe(true);
    note(node(3, [], ['10.0.0.3']), 130_000);
    expect([131_000, 138_000].map((now) => mayHave('10.0.0.3', now))).toEqual([true, false]);
  });
});
