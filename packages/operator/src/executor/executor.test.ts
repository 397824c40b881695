import {
  buildSnapshot,
  plan,
  type NetworkStep,
  type Precondition,
  type RememberStep,
  type Step,
  type StepEffects,
} from '@egressip-ipam/core';
import { ApiError, TransportError, type Clock, type KubernetesObject } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import { AddressHolds } from './address-holds.ts';
import { Executor } from './executor.ts';
import { ObjectLanes } from './object-lanes.ts';
import type { Target } from './target.ts';
import type { WriteStep } from './write-step.ts';

/** A write of a network's object; what it puts there is told by its effects. */
const write = (id: string, object: string, effects: StepEffects, after: readonly Precondition[] = []): NetworkStep => {
  const [kind = '', name = ''] = object.split('/');
  return { kind: 'network', action: 'write', id, object: { kind, name }, effects, after, payload: [object, effects] };
};
const onStep = (id: string): Precondition => ({ kind: 'step', id });
const address = '10.0.0.1';

describe('the executor', () => {
  let now: number;
  let written: string[];
  let timers: { readonly milliseconds: number; readonly callback: () => void }[];
  let plansAsked: number;
  let lanes: ObjectLanes;
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
  const target: Target = {
    name: '',
    changedSince: () => false,
    sequence: 0,
    incarnation: 0,
    resourceVersion: () => undefined,
    begin: () => undefined,
    observe: () => isCurrent,
    settle: () => undefined,
    end: () => undefined,
    read: () => Promise.reject(new Error('gone')),
  };
  const make = (
    answer: (step: WriteStep) => Promise<KubernetesObject | undefined>,
    other: Partial<Target> = {},
    onError: (retryInMilliseconds: number) => void = () => undefined,
    targetOf: (step: WriteStep) => Target = () => ({ ...target, ...other }),
  ): Executor =>
    new Executor({
      clock,
      holds: new AddressHolds(),
      lanes,
      targetOf,
      write: (step) => {
        written.push(step.id);
        return answer(step);
      },
      onProgress: () => void (plansAsked += 1),
      onError: (_step, _error, retryInMilliseconds) => onError(retryInMilliseconds),
      onUndone: () => undefined,
    });
  const take = async (executor: Executor, steps: readonly Step[]): Promise<void> => {
    executor.take({ ...plan(buildSnapshot({})), steps });
    await new Promise(setImmediate);
  };

  beforeEach(() => {
    [now, written, timers, plansAsked, isCurrent] = [0, [], [], 0, true];
    lanes = new ObjectLanes(() => (plansAsked += 1));
  });

  it('law 8: an object that cannot be written keeps those it only helps waiting for a moment, and is tried on', async () => {
    const executor = make((step) =>
      step.id === 'label' ? Promise.reject(new Error('denied by a webhook')) : Promise.resolve(undefined),
    );
    const steps = [
      write('label', 'Node/n1', {}),
      write('bind', 'Binding/shop', { bound: [address] }, [{ kind: 'step', id: 'label', optional: true }]),
    ];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await take(executor, steps);
      now += 30_000;
    }
    expect(written).toEqual([...Array<string>(9).fill('label'), 'bind']);
  });

  it('law 8: a step of which a back end cannot say what it writes fails alone, and is tried again', async () => {
    const failed: number[] = [];
    let isBroken = true;
    const executor = make(
      () => Promise.resolve(undefined),
      {},
      (retry) => failed.push(retry),
      ({ id }) => {
        if (isBroken && id === 'broken') throw new Error('no idea');
        return target;
      },
    );
    const steps = [write('broken', 'Host/n1', {}), write('other', 'Host/n2', {})];
    await take(executor, steps);
    expect([written, failed.length]).toEqual([['other'], 1]);
    await take(executor, steps.slice(0, 1));
    expect([failed.length, timers.length]).toEqual([1, 1]);
    [isBroken, now] = [false, 60_000];
    await take(executor, steps.slice(0, 1));
    expect(written).toEqual(['other', 'broken']);
  });

  it('tells of objects that cannot be written, until one write comes through', async () => {
    let isDown = true;
    const executor = make(() => (isDown ? Promise.reject(new Error('refused')) : Promise.resolve(undefined)));
    const step = write('claim', 'Binding/shop', { bound: [address] });
    const isHeldUp = (): boolean => executor.isHeldUp(step.object);
    expect(isHeldUp()).toBe(false);
    await take(executor, [step]);
    expect([isHeldUp(), executor.isHeldUp({ kind: 'Binding', name: 'other' })]).toEqual([true, false]);
    isDown = false;
    now += 60_000;
    await take(executor, [step]);
    expect(isHeldUp()).toBe(false);
  });

  it('tries at once what could not be written of a kind, when that can be read again', async () => {
    const executor = make(() => Promise.reject(new Error('not served')));
    const steps = [write('one', 'Binding/shop', {}), write('other', 'Host/n1', {})];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await take(executor, steps);
      now += 20_000;
    }
    written = [];
    await take(executor, steps);
    now += 1;
    executor.resumed('Binding');
    await take(executor, steps);
    expect(written.filter((id) => id === 'one').length - written.filter((id) => id === 'other').length).toBe(1);
  });

  it('never gives up what has to be done before', async () => {
    const executor = make((step) =>
      step.id === 'host' ? Promise.reject(new Error('denied by a webhook')) : Promise.resolve(undefined),
    );
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await take(executor, [
        write('host', 'Host/n1', { hosted: [address] }),
        write('bind', 'Binding/shop', { bound: [address] }, [onStep('host')]),
      ]);
      now += 30_000;
    }
    expect(written).not.toContain('bind');
  });

  it.each([404, 409])(
    'says nothing of a write that came too late (%i) until it goes on for a while',
    async (status) => {
      const errors: number[] = [];
      const late = new ApiError({
        request: 'PATCH /things/a',
        status,
        reason: status === 404 ? 'NotFound' : 'Conflict',
        serverMessage: 'too late',
        details: {},
        retryAfterSeconds: undefined,
      });
      const executor = make(
        () => Promise.reject(late),
        { read: () => Promise.resolve({ metadata: { name: 'a' } }) },
        (retry) => errors.push(retry),
      );
      for (let attempt = 0; attempt < 4; attempt += 1, now += 1_000)
        await take(executor, [write('bind', 'Thing/a', {})]);
      expect([written.length, errors.length]).toEqual([4, 0]);
      await take(executor, [write('bind', 'Thing/a', {})]);
      expect([written.length, errors.length]).toEqual([5, 1]);
    },
  );

  it('writes releases that follow one another within a second together, and asks for a plan when it is time', async () => {
    const executor = make(() => Promise.resolve({ metadata: { name: 'pool' } }));
    const remember = (namespace: string): RememberStep => ({
      kind: 'remember',
      id: 'remember pool',
      object: { kind: 'EgressIPAM', name: 'pool' },
      effects: {},
      after: [],
      egressIPAM: 'pool',
      released: [{ namespace, addresses: [address], releasedAt: '2026-02-01T00:00:00Z' }],
    });
    await take(executor, [remember('first')]);
    now += 400;
    await take(executor, [remember('second'), write('bind', 'Binding/shop', { bound: ['10.0.0.2'] })]);
    expect(written).toEqual(['remember pool', 'bind']);
    expect(timers.map(({ milliseconds }) => milliseconds)).toContain(600);
    now += 600;
    await take(executor, [remember('third')]);
    expect(written).toEqual(['remember pool', 'bind', 'remember pool']);
  });

  it('leaves what waits for something to be observed to the plan that has seen it', async () => {
    const executor = make(() => Promise.resolve({ metadata: { name: 'any' } }));
    await take(executor, [
      write('first', 'Host/n1', {}),
      write('second', 'Host/n2', {}, [
        onStep('first'),
        { kind: 'observed', object: { kind: 'Host', name: 'n3' }, state: 'gone' },
      ]),
    ]);
    expect(written).toEqual(['first']);
  });

  it('looks until there is an answer at what a write with an unknown outcome may have left: no watch tells of what did not change', async () => {
    const lost = new TransportError('read ECONNRESET', { kind: 'reset', outcome: 'unknown' });
    const looks = [
      () => Promise.reject(lost),
      () => Promise.reject(lost),
      () => Promise.resolve({ metadata: { name: 'n1' } }),
    ];
    const seen: KubernetesObject[] = [];
    const executor = make(() => Promise.reject(lost), {
      read: () => looks.shift()?.() ?? Promise.reject(new Error('one too many')),
      observe: (object) => seen.push(object) > 0,
    });
    await take(executor, [write('host', 'Host/n1', { hosted: [address] })]);
    for (const delay of [50, 100]) {
      expect(seen).toEqual([]);
      expect(executor.underWay).toBe(1);
      expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([delay]);
      timers.shift()?.callback();
      await new Promise(setImmediate);
    }
    expect(seen).toEqual([{ metadata: { name: 'n1' } }]);
    expect(executor.underWay).toBe(0);
  });

  it('ends with a look that gets no answer when it is stopped', async () => {
    const lost = new TransportError('read ECONNRESET', { kind: 'reset', outcome: 'unknown' });
    const executor = make(() => Promise.reject(lost), { read: () => Promise.reject(lost) });
    await take(executor, [write('host', 'Host/n1', { hosted: [address] })]);
    await executor.stop();
    expect(executor.underWay).toBe(0);
  });

  it('writes one object once at a time, whatever the steps are called', async () => {
    const answers: (() => void)[] = [];
    const executor = make(() => new Promise((resolve) => answers.push(() => resolve(undefined))));
    await take(executor, [write('one', 'Host/n1', { hosted: ['10.0.0.1'] })]);
    await take(executor, [write('another', 'Host/n1', { hosted: ['10.0.0.2'] })]);
    expect(written).toEqual(['one']);
  });

  it('law 7: an address leaves no node while it is being bound, nor enters one while it leaves another', async () => {
    const answers: (() => void)[] = [];
    const answerAll = async (): Promise<void> => {
      for (const answer of answers.splice(0)) answer();
      await new Promise(setImmediate);
    };
    const executor = make(() => new Promise((resolve) => answers.push(() => resolve(undefined))));
    const host = (node: string, effects: StepEffects): Step => write(`host/${node}`, `Host/${node}`, effects);
    await take(executor, [write('bind/shop', 'Binding/shop', { bound: [address] })]);
    await take(executor, [host('n1', { unhosted: [address] })]);
    expect(written).toEqual(['bind/shop']);
    await answerAll();
    await take(executor, [host('n1', { unhosted: [address] })]);
    await take(executor, [host('n2', { hosted: [address] })]);
    expect(written).toEqual(['bind/shop', 'host/n1']);
    await answerAll();
    await take(executor, [host('n2', { hosted: [address] })]);
    expect(written).toEqual(['bind/shop', 'host/n1', 'host/n2']);
  });

  describe('of steps that wait for each other', () => {
    const annotate = (namespace: string): Step => ({
      kind: 'annotate',
      id: `annotate/${namespace}`,
      object: { kind: 'Namespace', name: namespace },
      effects: { allocated: [address] },
      after: [],
      namespace,
      egressIPs: address,
      allocated: `pool/${address}`,
      addresses: [address],
    });
    const host = (after: readonly string[], id = 'host/n1/then'): Step =>
      write(id, 'Host/n1', { hosted: [address] }, after.map(onStep));
    const bind = (after = 'host/n1/then'): Step =>
      write('bind/shop', 'Binding/shop', { bound: [address] }, [onStep(after)]);
    const chain = [annotate('shop'), host(['annotate/shop']), bind()];
    const object: KubernetesObject = { metadata: { name: 'any' } };

    it('carries out one after the other, and asks for a plan when all are done', async () => {
      const executor = make(() => Promise.resolve(object));
      await take(executor, chain);
      expect(written).toEqual(['annotate/shop', 'host/n1/then', 'bind/shop']);
      expect(plansAsked).toBe(1);
    });

    it('leaves what waits to the next plan when something else changes, when the object is no longer as written, or the answer does not show it', async () => {
      const executor = make(() => (executor.outdate(), Promise.resolve(object)));
      await take(executor, chain);
      isCurrent = false;
      await take(
        make(() => Promise.resolve(object)),
        chain,
      );
      isCurrent = true;
      await take(
        make(() => Promise.resolve(undefined)),
        chain,
      );
      expect(written).toEqual(['annotate/shop', 'annotate/shop', 'annotate/shop']);
      expect(plansAsked).toBe(3);
    });

    it('leaves what waits for a write that failed, or for an interface, to the next plan', async () => {
      await take(
        make((step) => (step.object.kind === 'Host' ? Promise.reject(new Error('refused')) : Promise.resolve(object))),
        chain,
      );
      await take(
        make(() => Promise.resolve(object)),
        [
          annotate('shop'),
          {
            kind: 'attach',
            id: 'attach/n1',
            object: { kind: 'Interface', name: 'n1' },
            effects: { attached: [address] },
            after: [onStep('annotate/shop')],
            node: 'n1',
            address,
          },
        ],
      );
      expect(written).toEqual(['annotate/shop', 'host/n1/then', 'annotate/shop']);
      expect(plansAsked).toBe(2);
    });

    it('goes on by a newer plan that wants the very write that is under way', async () => {
      let answer: (() => void) | undefined;
      const executor = make((step) =>
        step.object.kind === 'Host'
          ? new Promise((resolve) => (answer = () => resolve(object)))
          : Promise.resolve(object),
      );
      await take(executor, [host([])]);
      await take(executor, [host([], 'host/n1'), bind('host/n1')]);
      answer?.();
      await new Promise(setImmediate);
      expect(written).toEqual(['host/n1/then', 'bind/shop']);
    });

    it('law 8: asks for a plan when nothing ends for a while, as some need not wait for what hangs', async () => {
      const executor = make((step) =>
        step.id === 'annotate/stuck' ? new Promise(() => undefined) : Promise.resolve(object),
      );
      await take(executor, [annotate('stuck'), annotate('shop'), host(['annotate/stuck', 'annotate/shop'])]);
      expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([250]);
      expect(plansAsked).toBe(0);
      timers[0]?.callback();
      expect(plansAsked).toBe(1);
    });

    it('leaves an object alone that somebody else writes, and asks for a plan once it is free', async () => {
      const executor = make(() => Promise.resolve(object));
      const step = annotate('shop');
      const free = lanes.take(`${step.object.kind}/${step.object.name}`);
      await take(executor, [step]);
      expect([written, plansAsked]).toEqual([[], 0]);
      free?.();
      expect(plansAsked).toBe(1);
      await take(executor, [step]);
      expect(written).toHaveLength(1);
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
