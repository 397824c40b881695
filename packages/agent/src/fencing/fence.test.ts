import { describe, expect, it } from 'vitest';
import { nextFenceStep, type AgentSighting } from './fence.ts';
import { nextRoster, parseRoster, type Roster } from './roster.ts';
import { timingsOf } from './timings.ts';

const timings = timingsOf(6_000);
const members = (names: string) => [...names].map((node) => ({ node, address: '192.0.2.1', port: 1 }));
const roster = (names: string, number = 1): Roster => ({
  number,
  generations: [{ since: 1, members: members(names) }],
});
const agent = (node: string, more: Partial<AgentSighting> = {}): AgentSighting => ({
  node,
  isHeld: true,
  counts: [1],
  renewedAt: 0,
  acknowledgements: [],
  ...more,
});
const acknowledged = (node: string, seenAt: number) => agent(node, { acknowledgements: [{ number: 2, seenAt }] });
const step = (others: readonly AgentSighting[], known: Roster, now: number, target = agent('a')) =>
  nextFenceStep(target, others, known, now, timings);

describe('fencing an agent', () => {
  it('waits half a term, asks the others, waits for the longer of both times, and marks', () => {
    expect(step([], roster('abc'), 2_999)).toMatchObject({ kind: 'wait', until: 3_000 });
    expect(step([], roster('abc'), 3_000)).toEqual({ kind: 'ask' });
    const others = [acknowledged('b', 3_100), acknowledged('c', 3_200)];
    expect(step(others, roster('abc', 2), 3_300)).toMatchObject({ kind: 'wait', until: 7_200 });
    expect(step(others, roster('abc', 2), 7_200)).toEqual({ kind: 'mark' });
    expect(step([acknowledged('b', 0), acknowledged('c', 0)], roster('abc', 2), 6_999)).toMatchObject({
      kind: 'wait',
      until: 7_000,
    });
  });

  it('has done with one whose Lease was taken away', () => {
    expect(step([], roster('abc'), 0, agent('a', { isHeld: false }))).toEqual({ kind: 'fenced' });
  });

  it.each([
    ['ab', 'b', 'mark'],
    ['abc', 'b', 'wait'],
    ['abc', 'bc', 'mark'],
    ['abcd', 'bc', 'mark'],
    ['abcde', 'bc', 'wait'],
    ['abcde', 'bcd', 'mark'],
  ])('of %s needs more than a majority could spare: with %s it comes to "%s"', (all, answering, kind) => {
    expect(
      step(
        [...answering].map((node) => acknowledged(node, 3_000)),
        roster(all, 2),
        60_000,
      ).kind,
    ).toBe(kind);
  });

  it('counts neither the agent itself nor one that is not counted', () => {
    expect(
      step([acknowledged('a', 0), acknowledged('z', 0), acknowledged('b', 0)], roster('abc', 2), 60_000).kind,
    ).toBe('wait');
  });

  it('satisfies both rosters that the agent may count by', () => {
    const grown: Roster = {
      number: 3,
      generations: [
        { since: 1, members: members('abc') },
        { since: 2, members: members('ade') },
      ],
    };
    const newer = (node: string) => agent(node, { acknowledgements: [{ number: 3, seenAt: 0 }] });
    const target = agent('a', { counts: [2, 1] });
    expect(step(['d', 'e'].map(newer), grown, 60_000, target).kind).toBe('wait');
    expect(step(['b', 'c', 'd', 'e'].map(newer), grown, 60_000, target).kind).toBe('mark');
  });

  it('asks all others where it is not known any more whom the agent counts', () => {
    const late: Roster = { number: 9, generations: [{ since: 8, members: members('abc') }] };
    const newer = (node: string) => agent(node, { acknowledgements: [{ number: 9, seenAt: 0 }] });
    const [target, silent] = [agent('a', { counts: [3] }), agent('c')];
    expect(step([target, newer('b'), silent], late, 60_000, target).kind).toBe('wait');
    expect(step([target, newer('b'), newer('c')], late, 60_000, target).kind).toBe('mark');
    expect(step([target], late, 60_000, target).kind).toBe('mark');
    // Before there was a roster nobody was counted.
    expect(step([silent], late, 60_000, agent('a', { counts: [0] })).kind).toBe('mark');
  });
});

describe('fencing an agent after the server was set back to a backup', () => {
  // It acknowledged 7 in the history that was lost, and so did the others; its Lease of the backup says 4.
  const target = agent('a', { counts: [4] });
  const saw = (node: string, ...numbers: readonly number[]) =>
    agent(node, { counts: [7], acknowledgements: numbers.map((number) => ({ number, seenAt: number })) });

  it('believes no number of the lost history: the agent may count by it, too', () => {
    expect(step([target, saw('b', 7), saw('c', 7)], roster('abc', 5), 60_000, target).kind).toBe('wait');
    const resumed = nextRoster(roster('abc', 5), members('abc'), 4, 7);
    expect(resumed).toEqual({ number: 1_007, generations: [{ since: 1_007, members: members('abc') }] });
    expect(step([target, saw('b', 7), saw('c', 7)], resumed, 60_000, target).kind).toBe('wait');
    expect(step([target, saw('b', 7, 1_007), saw('c', 7)], resumed, 60_000, target).kind).toBe('wait');
    expect(step([target, saw('b', 7, 1_007), saw('c', 7, 1_007)], resumed, 60_000, target).kind).toBe('mark');
  });

  it('takes no number for one of a history that nobody can have written', () => {
    const liar = agent('a', { counts: [999_999_999_999_999] });
    expect(step([acknowledged('b', 0), acknowledged('c', 0)], roster('abc', 2), 60_000, liar).kind).toBe('mark');
  });
});

describe('a roster', () => {
  it('begins a generation where the members change, and forgets those by which nobody counts', () => {
    const asked = nextRoster(roster('ab'), members('ab'), 1);
    expect(asked).toEqual(roster('ab', 2));
    const grown = nextRoster(asked, members('abc'), 1);
    expect(grown.generations.map(({ since }) => since)).toEqual([1, 3]);
    expect(nextRoster(grown, members('abc'), 3).generations.map(({ since }) => since)).toEqual([3]);
    expect(parseRoster(JSON.stringify(grown))).toEqual(grown);
  });

  it('does not grow without end though one agent counts by an old number for ever', () => {
    let grown = roster('ab');
    for (let round = 0; round < 200; round++) grown = nextRoster(grown, members(round % 2 === 0 ? 'abc' : 'ab'), 0);
    expect(grown.generations.length).toBeLessThan(20);
    expect(grown.generations.at(-1)?.since).toBe(grown.number);
  });

  it.each([
    '',
    '{}',
    '[]',
    '{"number":-1,"generations":[]}',
    '{"number":1,"generations":[{"since":1,"members":[{}]}]}',
  ])('is none that reads %j', (text) => {
    expect(parseRoster(text)).toBeUndefined();
  });
});
