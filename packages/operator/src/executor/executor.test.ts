import { buildSnapshot, plan, type Step } from '@egressip-ipam/core';
import type { Clock, KubernetesObject } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target, WriteStep } from '../network/write-step.ts';
import { AddressHolds } from './address-holds.ts';
import { Executor } from './executor.ts';

describe('the executor', () => {
  let now: number;
  let written: string[];
  const clock: Clock = { now: () => now, monotonic: () => now, setTimeout: () => ({ cancel: () => undefined }) };
  const target: Target = { name: '', changedSince: () => false, sequence: 0, incarnation: 0, expect: () => undefined, observe: () => undefined, settle: () => undefined, read: () => Promise.reject(new Error('gone')) };
  const make = (answer: (step: WriteStep) => Promise<KubernetesObject | undefined>): Executor =>
    new Executor({
      clock,
      holds: new AddressHolds(),
      targetOf: () => target,
      write: (step) => {
        written.push(step.id);
        return answer(step);
      },
      onProgress: () => undefined,
      onError: () => undefined,
      onUndone: () => undefined,
    });
  const take = async (executor: Executor, steps: readonly Step[]): Promise<void> => {
    executor.take({ ...plan(buildSnapshot({})), steps });
    await new Promise(setImmediate);
  };

  beforeEach(() => {
    [now, written] = [0, []];
  });

  it('law 8: a node that cannot be labelled keeps EgressIPs waiting for a moment only, and is tried on', async () => {
    const executor = make((step) => (step.kind === 'label-node' ? Promise.reject(new Error('denied by a webhook')) : Promise.resolve(undefined)));
    const steps: readonly Step[] = [
      { kind: 'label-node', id: 'label/n1', after: [], node: 'n1', present: true },
      { kind: 'apply-egress-ip', id: 'apply/egressip-shop', after: ['label/n1'], name: 'egressip-shop', namespace: 'shop', egressIPAM: 'pool', egressIPs: ['10.0.0.1'] },
    ];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await take(executor, steps);
      now += 30_000;
    }
    expect(written).toEqual([...Array<string>(9).fill('label/n1'), 'apply/egressip-shop']);
  });

  it('law 7: an address leaves no node while it is being bound, nor enters one while it leaves another', async () => {
    const answers: (() => void)[] = [];
    const answerAll = async (): Promise<void> => {
      for (const answer of answers.splice(0)) answer();
      await new Promise(setImmediate);
    };
    const executor = make(() => new Promise((resolve) => answers.push(() => resolve(undefined))));
    const host = (node: string, added: readonly string[], removed: readonly string[]): Step => ({ kind: 'host', id: `host/${node}`, after: [], node, egressIPs: added, hostedIPs: null, hostedCIDRs: null, added, removed });
    await take(executor, [{ kind: 'claim', id: 'claim/shop', after: [], namespace: 'shop', egressIPs: ['10.0.0.1'] }]);
    await take(executor, [host('n1', [], ['10.0.0.1'])]);
    expect(written).toEqual(['claim/shop']);
    await answerAll();
    await take(executor, [host('n1', [], ['10.0.0.1'])]);
    await take(executor, [host('n2', ['10.0.0.1'], [])]);
    expect(written).toEqual(['claim/shop', 'host/n1']);
    await answerAll();
    await take(executor, [host('n2', ['10.0.0.1'], [])]);
    expect(written).toEqual(['claim/shop', 'host/n1', 'host/n2']);
  });
});
