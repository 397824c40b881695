import type { ClusterSnapshot } from '@egressip-ipam/core';
import { aNamespace, applyStep } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import {
  aForeignEgressIP,
  egressIPsOf,
  onOvn,
  planOf,
  readyOf,
  settled,
  withEach,
  withEgressIPs,
  writesOf,
} from '../testing/builders.ts';

const at = (snapshot: ClusterSnapshot, time: string): ClusterSnapshot => ({ ...snapshot, time: `2026-05-01T${time}Z` });
const served = settled(onOvn({ namespaces: [aNamespace('shop')] }));
/** Nobody has written the EgressIP since ten o'clock, and no node has its address. */
const idle = withEach(served, (entry) => ({ ...entry, changedAt: '2026-05-01T10:00:00Z' }));
const touch = ['touch EgressIP/egressip-shop'];

describe('an EgressIP that no node has, and for which there is room', () => {
  it('is touched once the network has had its time', () => {
    expect(writesOf(at(idle, '10:00:05'))).toEqual([]);
    expect(planOf(at(idle, '10:00:05')).wakeAt).toBe('2026-05-01T10:00:10.000Z');
    expect(writesOf(at(idle, '10:00:10'))).toEqual(touch);
  });

  it('is left to a network that assigns others meanwhile, for a minute at most', () => {
    const two = settled(onOvn({ namespaces: [aNamespace('bank'), aNamespace('shop')] }));
    const working = (changedAt: string): ClusterSnapshot =>
      withEach(two, (entry) => ({
        ...entry,
        changedAt: `2026-05-01T${entry.name === 'egressip-shop' ? '10:00:00' : changedAt}Z`,
        assigned: entry.name === 'egressip-shop' ? [] : [{ node: 'n1', egressIP: entry.egressIPs[0] ?? '' }],
      }));
    expect(writesOf(at(working('10:00:25'), '10:00:30'))).toEqual([]);
    expect(planOf(at(working('10:00:25'), '10:00:30')).wakeAt).toBe('2026-05-01T10:00:35.000Z');
    expect(writesOf(at(working('10:00:25'), '10:00:35'))).toEqual(touch);
    expect(writesOf(at(working('10:00:59'), '10:01:00'))).toEqual(touch);
  });

  it('is touched again after as long as it took so far, by what it says itself', () => {
    let cluster = at(idle, '10:00:10');
    const times: number[] = [];
    for (let second = 10; second < 700; second += 1) {
      cluster = { ...cluster, time: new Date(Date.parse('2026-05-01T10:00:00Z') + second * 1000).toISOString() };
      const [step] = readyOf(cluster);
      if (step === undefined) continue;
      times.push(second);
      cluster = applyStep(cluster, step, network);
    }
    expect(times).toEqual([10, 20, 30, 50, 90, 170, 330, 650]);
  });

  it('begins a new row when the last one is over', () => {
    const before = withEach(idle, (entry) => ({ ...entry, touched: '2026-05-01T06:00:00Z/2026-05-01T08:00:00Z' }));
    const [step] = readyOf(at(before, '10:00:10'));
    expect(step).toMatchObject({ payload: { touched: '2026-05-01T10:00:10.000Z/2026-05-01T10:00:10.000Z' } });
  });

  it.each([
    [
      'somebody else has the address',
      withEgressIPs(idle, [...egressIPsOf(idle), aForeignEgressIP('other', ['10.0.0.1'])]),
    ],
    ['no node has the label', { ...idle, nodes: idle.nodes.map((node) => ({ ...node, ready: false })) }],
    [
      'the network has it on a node',
      withEach(idle, (entry) => ({ ...entry, assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] })),
    ],
    ['nobody knows when it was written last', served],
  ])('is let alone while %s', (_why, snapshot) => {
    expect(writesOf(at(snapshot, '12:00:00'))).toEqual([]);
  });

  it('is patched, not applied: annotations are the network’s own', () => {
    const [step] = readyOf(at(idle, '10:00:10'));
    if (step?.kind !== 'network') throw new Error('the touch is a step of the network');
    expect(network.write(step)).toMatchObject({
      verb: 'patch',
      name: 'egressip-shop',
      body: { metadata: { annotations: {} } },
      conditional: true,
    });
  });
});
