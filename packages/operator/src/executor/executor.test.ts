import { buildSnapshot, plan, type Step } from '@egressip-ipam/core';
import type { Clock } from '@egressip-ipam/kube';
import { expect, it } from 'vitest';
import type { Target } from '../network/write-step.ts';
import { AddressHolds } from './address-holds.ts';
import { Executor } from './executor.ts';

it('law 8: a node that cannot be labelled keeps EgressIPs waiting for a moment only, and is tried on', async () => {
  let now = 0;
  const written: string[] = [];
  const clock: Clock = { now: () => now, monotonic: () => now, setTimeout: () => ({ cancel: () => undefined }) };
  const target: Target = { name: '', changedSince: () => false, sequence: 0, incarnation: 0, expect: () => undefined, observe: () => undefined, settle: () => undefined, read: () => Promise.reject(new Error('gone')) };
  const executor = new Executor({
    clock,
    holds: new AddressHolds(),
    targetOf: () => target,
    write: (step) => {
      written.push(step.id);
      return step.kind === 'label-node' ? Promise.reject(new Error('denied by a webhook')) : Promise.resolve(undefined);
    },
    onProgress: () => undefined,
    onError: () => undefined,
    onUndone: () => undefined,
  });
  const steps: readonly Step[] = [
    { kind: 'label-node', id: 'label/n1', after: [], node: 'n1', present: true },
    { kind: 'apply-egress-ip', id: 'apply/egressip-shop', after: ['label/n1'], name: 'egressip-shop', namespace: 'shop', egressIPAM: 'pool', egressIPs: ['10.0.0.1'] },
  ];
  for (let attempt = 1; attempt <= 9; attempt += 1) {
    executor.take({ ...plan(buildSnapshot({})), steps });
    await new Promise(setImmediate);
    now += 30_000;
  }
  expect(written).toEqual([...Array<string>(9).fill('label/n1'), 'apply/egressip-shop']);
});
