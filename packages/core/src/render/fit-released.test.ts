import { describe, expect, it } from 'vitest';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';
import { fitReleased, type Release } from './fit-released.ts';

const releases = (count: number, prefix: string, isLasting: boolean, addresses = ['10.0.0.1']): readonly Release[] =>
  Array.from({ length: count }, (_, index) => ({
    entry: { namespace: `${prefix}-${index}`, addresses, releasedAt: '2026-01-01T00:00:00Z' },
    isLasting,
  }));
const entriesOf = (...lists: readonly (readonly Release[])[]): readonly ReleasedAddresses[] =>
  lists.flat().map(({ entry }) => entry);

describe('what a status remembers of releases', () => {
  it('is all that cools down, in its order, and two hundred entries with what only may return: the newest of that', () => {
    const [old, cooling] = [releases(250, 'old', false), releases(150, 'cooling', true)];
    const fresh = releases(20, 'fresh', true);
    expect(fitReleased([...old, ...cooling], fresh)).toEqual({
      released: entriesOf(old.slice(-30), cooling, fresh),
      late: [],
    });
    const returning = releases(20, 'fresh', false);
    expect(fitReleased(old, returning).released).toEqual(entriesOf(old.slice(-180), returning));
  });

  it('never drops a running cool-down for another one: what finds no room waits', () => {
    const [cooling, fresh] = [releases(9_990, 'cooling', true), releases(20, 'fresh', true)];
    expect(fitReleased([...releases(5, 'old', false), ...cooling], fresh)).toEqual({
      released: entriesOf(cooling, fresh.slice(0, 10)),
      late: entriesOf(fresh.slice(10)),
    });
  });

  it('takes no more than the definition in force does: an older one has room for fewer', () => {
    const [cooling, fresh] = [releases(990, 'cooling', true), releases(20, 'fresh', true)];
    expect(fitReleased(cooling, fresh, 1_000)).toEqual({
      released: entriesOf(cooling, fresh.slice(0, 10)),
      late: entriesOf(fresh.slice(10)),
    });
    expect(fitReleased(cooling, fresh, 50_000).late).toEqual([]);
  });

  it('stays far below what etcd takes, however long its texts are', () => {
    const many = Array.from({ length: 128 }, () => 'fd00:1111:2222:3333:4444:5555:6666:7777');
    const fresh = releases(1_000, 'n'.repeat(60), true, many);
    const { released, late } = fitReleased([], fresh);
    const { length } = JSON.stringify(released);
    expect(length).toBeGreaterThan(990_000);
    expect(length).toBeLessThanOrEqual(1_000_001);
    expect([...released, ...late]).toEqual(entriesOf(fresh));
  });
});
