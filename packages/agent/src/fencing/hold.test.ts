import { describe, expect, it } from 'vitest';
import { afterAnswer, afterRenewal, holdAt, lifetimeSeconds, released, type Hold, type PeerAnswer } from './hold.ts';
import { timingsOf } from './timings.ts';
import type { Roster } from './roster.ts';

const timings = timingsOf(6_000);
const member = (node: string) => ({ node, address: '192.0.2.1', port: 1 });
const roster: Roster = { number: 4, generations: [{ since: 1, members: ['a', 'b', 'c', 'd', 'e'].map(member) }] };
const answer = (askedAt: number, more: Partial<PeerAnswer> = {}): PeerAnswer => ({
  askedAt,
  reachesServer: false,
  acknowledged: 4,
  ...more,
});
const held = afterRenewal(0, 4, timings);
const hear = (hold: Hold, now: number, answers: Readonly<Record<string, PeerAnswer>>): Hold =>
  Object.entries(answers).reduce(
    (current, [peer, one]) => afterAnswer(current, now, 'a', peer, one, roster, timings),
    hold,
  );
const until = (hold: Hold) => (hold.kind === 'held' ? hold.until : undefined);

describe('a hold', () => {
  it('lasts for a term from when the renewal was sent', () => {
    expect([holdAt(held, 5_999).kind, holdAt(held, 6_000).kind]).toEqual(['held', 'released']);
  });

  it('gives the kernel whole seconds, never beyond its end', () => {
    expect([100, 1_000, 5_001, 5_999, 6_000].map((now) => lifetimeSeconds(held, now))).toEqual([5, 5, 0, 0, 0]);
  });

  it('is prolonged by the answers of a strict majority, up to when the last that is needed is too old', () => {
    expect(until(hear(held, 5_000, { b: answer(4_900), c: answer(4_800) }))).toBe(7_800);
    expect(until(hear(held, 5_000, { b: answer(4_900) }))).toBe(6_000);
  });

  it.each([
    ['one reaches the API server', { d: answer(4_900, { reachesServer: true }), b: answer(4_900), c: answer(4_900) }],
    ['one that is needed has acknowledged a newer roster', { b: answer(4_900), c: answer(4_900, { acknowledged: 5 }) }],
    [
      'one that is needed does not know what it has acknowledged',
      { b: answer(4_900), c: answer(4_900, { acknowledged: undefined }) },
    ],
    ['one that is needed was asked too long ago', { b: answer(4_900), c: answer(1_900) }],
    ['one of them is counted by nobody', { b: answer(4_900), z: answer(4_900) }],
  ])('is not prolonged when %s', (_, answers) => {
    expect(until(hear(held, 5_000, answers))).toBe(6_000);
  });

  it('is never begun by a majority', () => {
    expect(hear(released, 5_000, { b: answer(4_900), c: answer(4_900) })).toBe(released);
    expect(hear(held, 6_000, { b: answer(5_900), c: answer(5_900) })).toBe(released);
  });
});
