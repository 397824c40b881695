import { buildSnapshot, plan, type Step } from '@egressip-ipam/core';
import type { Clock, KubernetesObject } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target, WriteStep } from '../network/write-step.ts';
import { AddressHolds } from './address-holds.ts';
import { Executor } from './executor.ts';

describe('the executor', () => {
  let now: number;
  let written: string[];
  let timers: { readonly milliseconds: number; readonly callback: () => void }[];
  let plansAsked: number;
  /** Whether objects are still as answers say. */
  let isCurrent: boolean;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    setTimeout: (callback, milliseconds) => {
      const timer = { callback, milliseconds };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
    },
  };
  const target: Target = { name: '', changedSince: () => false, sequence: 0, incarnation: 0, begin: () => undefined, observe: () => isCurrent, settle: () => undefined, end: () => undefined, read: () => Promise.reject(new Error('gone')) };
  const make = (answer: (step: WriteStep) => Promise<KubernetesObject | undefined>): Executor =>
    new Executor({
      clock,
      holds: new AddressHolds(),
      targetOf: () => target,
      write: (step) => {
        written.push(step.id);
        return answer(step);
      },
      onProgress: () => void (plansAsked += 1),
      onError: () => undefined,
      onUndone: () => undefined,
    });
  const take = async (executor: Executor, steps: readonly Step[]): Promise<void> => {
    executor.take({ ...plan(buildSnapshot({})), steps });
    await new Promise(setImmediate);
  };

  beforeEach(() => {
    [now, written, timers, plansAsked, isCurrent] = [0, [], [], 0, true];
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

  describe('of steps that wait for each other', () => {
    const annotate = (namespace: string): Step => ({ kind: 'annotate', id: `annotate/${namespace}`, after: [], namespace, egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1', addresses: ['10.0.0.1'] });
    const host = (after: readonly string[], id = 'host/n1/then'): Step => ({ kind: 'host', id, after, node: 'n1', egressIPs: ['10.0.0.1'], hostedIPs: '10.0.0.1=shop', hostedCIDRs: null, added: ['10.0.0.1'], removed: [] });
    const claim = (namespace: string): Step => ({ kind: 'claim', id: `claim/${namespace}`, after: ['host/n1/then'], namespace, egressIPs: ['10.0.0.1'] });
    const chain = [annotate('shop'), host(['annotate/shop']), claim('shop')];
    const object: KubernetesObject = { metadata: { name: 'any' } };

    it('carries out one after the other, and asks for a plan when all are done', async () => {
      const executor = make(() => Promise.resolve(object));
      await take(executor, chain);
      expect(written).toEqual(['annotate/shop', 'host/n1/then', 'claim/shop']);
      expect(plansAsked).toBe(1);
    });

    it('leaves what waits to the next plan when something else changes, when the object is no longer as written, or the answer does not show it', async () => {
      const executor = make(() => (executor.outdate(), Promise.resolve(object)));
      await take(executor, chain);
      isCurrent = false;
      await take(make(() => Promise.resolve(object)), chain);
      isCurrent = true;
      await take(make(() => Promise.resolve(undefined)), chain);
      expect(written).toEqual(['annotate/shop', 'annotate/shop', 'annotate/shop']);
      expect(plansAsked).toBe(3);
    });

    it('leaves what waits for a write that failed, or for an interface, to the next plan', async () => {
      await take(make((step) => (step.kind === 'host' ? Promise.reject(new Error('refused')) : Promise.resolve(object))), chain);
      await take(make(() => Promise.resolve(object)), [annotate('shop'), { kind: 'attach', id: 'attach/n1', after: ['annotate/shop'], node: 'n1', addresses: ['10.0.0.1'] }]);
      expect(written).toEqual(['annotate/shop', 'host/n1/then', 'annotate/shop']);
      expect(plansAsked).toBe(2);
    });

    it('goes on by a newer plan that wants the very write that is under way', async () => {
      let answer: (() => void) | undefined;
      const executor = make((step) => (step.kind === 'host' ? new Promise((resolve) => (answer = () => resolve(object))) : Promise.resolve(object)));
      await take(executor, [host([])]);
      await take(executor, [host([], 'host/n1'), { ...claim('shop'), after: ['host/n1'] }]);
      answer?.();
      await new Promise(setImmediate);
      expect(written).toEqual(['host/n1/then', 'claim/shop']);
    });

    it('law 8: asks for a plan when nothing ends for a while, as some need not wait for what hangs', async () => {
      const executor = make((step) => (step.id === 'annotate/stuck' ? new Promise(() => undefined) : Promise.resolve(object)));
      await take(executor, [annotate('stuck'), annotate('shop'), host(['annotate/stuck', 'annotate/shop'])]);
      expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([250]);
      expect(plansAsked).toBe(0);
      timers[0]?.callback();
      expect(plansAsked).toBe(1);
    });

    it('begins with what is urgent, however much became ready before', async () => {
      const answers: (() => void)[] = [];
      const executor = make(() => new Promise((resolve) => answers.push(() => resolve(object))));
      const others = Array.from({ length: 30 }, (_, index) => annotate(`other-${index}`));
      await take(executor, [annotate('shop'), host(['annotate/shop']), ...others]);
      expect(written).toHaveLength(24);
      answers[0]?.();
      await new Promise(setImmediate);
      expect(written.at(-1)).toBe('host/n1/then');
    });
  });
});
