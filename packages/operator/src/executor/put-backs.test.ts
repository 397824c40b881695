import type { NetworkStep } from '@egressip-ipam/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { PutBacks } from './put-backs.ts';
import type { WriteStep } from './write-step.ts';

const claim = (...egressIPs: string[]): NetworkStep => ({
  kind: 'network',
  action: 'bind',
  id: 'claim/shop',
  object: { kind: 'Binding', name: 'shop' },
  effects: { bound: egressIPs },
  after: [],
  payload: { egressIPs },
});

describe('writes that someone else undoes', () => {
  let now: number;
  let putBacks: PutBacks;

  beforeEach(() => {
    now = 1_000_000;
    putBacks = new PutBacks(() => now);
  });
  const write = (step: WriteStep, incarnation = 1): number => putBacks.note('claim/shop', step, incarnation);
  const waits = (step: WriteStep, incarnation = 1): number =>
    Math.max(0, putBacks.until('claim/shop', step, incarnation) - now);

  const delaysOf = (step: WriteStep, pause = 0): readonly number[] =>
    Array.from({ length: 9 }, () => {
      now += pause;
      const delay = waits(step);
      now += delay;
      write(step);
      return delay;
    });

  it('are put back at once the first time, then ever more slowly', () => {
    expect(delaysOf({ ...claim('10.0.0.1'), effects: {} })).toEqual([
      0, 0, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000,
    ]);
  });

  it('are away for ten seconds at most where they carry traffic', () => {
    expect(delaysOf(claim('10.0.0.1'))).toEqual([0, 0, 5_000, ...Array<number>(6).fill(10_000)]);
  });

  it('are away for ten seconds at most where addresses carry traffic only with them', () => {
    const label: WriteStep = { ...claim('10.0.0.1'), action: 'label', effects: {}, carries: true };
    expect(delaysOf(label)).toEqual([0, 0, 5_000, ...Array<number>(6).fill(10_000)]);
    // Whoever undoes a record beside it slows down that alone.
    expect(waits({ ...claim('10.0.0.1'), effects: {} })).toBe(0);
  });

  it('are put back at once each time where somebody undoes them now and then', () => {
    expect(delaysOf(claim('10.0.0.1'), 60_000)).toEqual(Array<number>(9).fill(0));
  });

  it('are told of by their object, as long as anybody insists', () => {
    write(claim('10.0.0.1'));
    expect(putBacks.isUndone('claim/shop')).toBe(false);
    write(claim('10.0.0.1'));
    expect([putBacks.isUndone('claim/shop'), putBacks.isUndone('claim/other')]).toEqual([true, false]);
    write(claim('10.0.0.2'));
    expect(putBacks.isUndone('claim/shop')).toBe(false);
  });

  it('are told of whenever that is, as of so many objects as may be', () => {
    write(claim('10.0.0.1'));
    now += 30 * 86_400_000;
    putBacks.forget();
    expect(write(claim('10.0.0.1'))).toBe(1);
    expect(waits(claim('10.0.0.1'))).toBe(5_000);
    now += 600_001;
    expect([waits(claim('10.0.0.1')), putBacks.isUndone('claim/shop')]).toEqual([0, false]);
    for (let count = 0; count < 10_001; count += 1) putBacks.note(`claim/${count}`, claim('10.0.0.2'), 1);
    const writeOther = (count: number): number => putBacks.note(`claim/${count}`, claim('10.0.0.2'), 1);
    putBacks.forget();
    expect([write(claim('10.0.0.1')), writeOther(0)]).toEqual([0, 1]);
    now += 600_000;
    putBacks.forget();
    expect([writeOther(1), writeOther(10_000)]).toEqual([0, 1]);
  });

  it('are forgotten when something else is written, and with the object', () => {
    write(claim('10.0.0.1'));
    write(claim('10.0.0.1'));
    expect(waits(claim('10.0.0.1'))).toBe(5_000);
    expect(waits(claim('10.0.0.2'))).toBe(0);
    expect(waits(claim('10.0.0.1'), 2)).toBe(0);
    write(claim());
    expect(waits(claim('10.0.0.1'))).toBe(0);
    expect(write(claim('10.0.0.1'))).toBe(0);
  });

  it('are slowed down for what they do alone: a fight over a label leaves what carries traffic as quick as ever', () => {
    const label = { ...claim('10.0.0.1'), effects: {} };
    delaysOf(label);
    expect(waits(label)).toBe(300_000);
    expect(delaysOf(claim('10.0.0.1'))).toEqual([0, 0, 5_000, ...Array<number>(6).fill(10_000)]);
    expect(waits({ ...claim('10.0.0.1'), effects: { hosted: ['10.0.0.1'] } })).toBe(0);
  });

  it('in several steps are slowed down as a whole: the steps of one put-back follow each other at once', () => {
    const target = ['10.0.0.1', '10.0.1.1'];
    const apply = (...egressIPs: string[]): WriteStep => ({
      ...claim(...egressIPs),
      kind: 'network',
      action: 'bind',
      payload: { egressIPs },
      ...(egressIPs.join() === target.join() ? {} : { goal: { egressIPs: target } }),
    });
    write(apply(...target));
    const rounds = [0, 1, 2].map(() => {
      const delays = [waits(apply('10.0.0.1'))];
      now += waits(apply('10.0.0.1'));
      const times = [write(apply('10.0.0.1'))];
      delays.push(waits(apply(...target)));
      times.push(write(apply(...target)));
      return { delays, times };
    });
    expect(rounds).toEqual([
      { delays: [0, 0], times: [1, 0] },
      { delays: [5_000, 0], times: [2, 0] },
      { delays: [10_000, 0], times: [3, 0] },
    ]);
  });
});
