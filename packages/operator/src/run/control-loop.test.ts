import { buildSnapshot, plain, type ClusterSnapshot, type NetworkBackend } from '@egressip-ipam/core';
import type { Clock } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import { Chronicle } from './chronicle.ts';
import { ControlLoop } from './control-loop.ts';
import type { Reporter } from './reporter.ts';

describe('the control loop', () => {
  let now: number;
  let timers: { at: number; callback: () => void }[];
  let told: number[];
  let plans: number[];
  let underWay: number;
  let isBehind: boolean;
  /** In how long a status that could not be written is to be tried again. */
  let retryStatusIn: number | undefined;
  /** How long a plan takes. */
  let planning: number;
  /** How long it takes to begin with its steps. */
  let taking: number;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    setTimeout: (callback, milliseconds) => {
      const timer = { at: now + milliseconds, callback };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
    },
  };
  const pass = (milliseconds: number): void => {
    for (const end = now + milliseconds; ;) {
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      now = next?.at ?? end;
      if (next === undefined) return;
      timers = timers.filter((other) => other !== next);
      next.callback();
    }
  };
  const make = (
    look = (): ClusterSnapshot => buildSnapshot({}),
    backend: NetworkBackend = plain,
    onTrouble?: (reason: string | undefined) => void,
  ): ControlLoop => {
    const reporter = {
      tell: () => undefined,
      tellNews: () => void told.push(now),
      writeStatus: () => Promise.resolve(retryStatusIn),
    } as unknown as Reporter;
    const runner = {
      get underWay() {
        return underWay;
      },
      get isBehind() {
        return isBehind;
      },
      take: () => void (plans.push(now), (now += taking)),
      stop: () => Promise.resolve(),
    };
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    return new ControlLoop({
      clock,
      backend,
      ...(onTrouble === undefined ? {} : { onTrouble }),
      look: () => ((now += planning), look()),
      runners: [runner],
      reporter,
      chronicle: new Chronicle(log),
      log,
      problems: () => [],
    });
  };

  beforeEach(() => {
    [now, timers, told, plans, underWay, isBehind, planning, taking] = [0, [], [], [], 0, false, 0, 0];
    retryStatusIn = undefined;
  });

  it('gathers changes for a moment, plans, and tells a second after the last change', () => {
    const loop = make();
    loop.start();
    for (let change = 0; change < 5; change += 1) {
      pass(100);
      loop.poke();
    }
    pass(5_000);
    expect(plans).toEqual([10, 110, 210, 310, 410, 510]);
    expect(told).toEqual([1510]);
  });

  it.each<[string, Partial<NetworkBackend>]>([
    [
      'throws',
      {
        render: () => {
          throw new Error('no idea');
        },
      },
    ],
    ['answers with another shape', { render: () => undefined as never }],
    [
      'answers with something that throws when it is looked at',
      {
        render: () =>
          new Proxy({} as never, {
            get: () => {
              throw new Error('hands off');
            },
          }),
      },
    ],
  ])('tries again for as long as a back end %s, says so once, and that it is over', (_name, broken) => {
    const troubles: (string | undefined)[] = [];
    const backend = { ...plain, ...broken };
    make(undefined, backend, (reason) => troubles.push(reason)).start();
    pass(20_000);
    expect(plans).toEqual([]);
    expect(troubles).toEqual([expect.stringMatching(/^no plan can be made: /)]);
    backend.render = plain.render;
    pass(5_000);
    expect(plans).toHaveLength(1);
    expect(troubles[1]).toBeUndefined();
  });

  it('leaves most of the time to writes while there are many, but not when a node changes', () => {
    const loop = make();
    [isBehind, planning] = [true, 20];
    loop.start();
    pass(100);
    for (let change = 0; change < 20; change += 1) {
      loop.poke();
      pass(10);
    }
    expect(plans).toHaveLength(2);
    loop.poke();
    loop.noteChange(true);
    const hurried = now;
    pass(50);
    expect(plans).toEqual([...plans.slice(0, 2), hurried + 30]);
    for (let change = 0; change < 100; change += 1) {
      loop.noteChange(true);
      pass(5);
    }
    expect(plans.length).toBeGreaterThan(12);
  });

  it('counts what is done with a plan to the time that plans take', () => {
    const loop = make();
    isBehind = true;
    taking = 90;
    loop.start();
    pass(200);
    expect(plans).toHaveLength(1);
    loop.poke();
    pass(800);
    expect(plans).toHaveLength(1);
    pass(100);
    expect(plans).toHaveLength(2);
  });

  it('plans at once when nothing is left to write, though it was to wait', () => {
    const loop = make();
    [isBehind, planning] = [true, 100];
    loop.start();
    pass(200);
    loop.poke();
    isBehind = false;
    loop.poke();
    pass(20);
    expect(plans).toHaveLength(2);
  });

  it('begins again with a back end that could not begin', () => {
    let begins = 0;
    const backend: NetworkBackend = {
      ...plain,
      createFactsReader: () => {
        begins += 1;
        if (begins < 3) throw new Error('not yet');
        return plain.createFactsReader();
      },
    };
    const troubles: (string | undefined)[] = [];
    make(undefined, backend, (reason) => void troubles.push(reason)).start();
    pass(60_000);
    expect(troubles).toEqual(['no plan can be made: not yet', undefined]);
    expect(plans).toHaveLength(1);
  });

  it('tries what cannot be planned no sooner because something changes', () => {
    let looks = 0;
    const loop = make(() => {
      looks += 1;
      throw new Error('no idea');
    });
    loop.start();
    for (let change = 0; change < 100; change += 1) {
      pass(100);
      loop.poke();
      loop.noteChange(true);
    }
    expect(looks).toBeLessThanOrEqual(3);
  });

  it('waits with what it tells while something is written', () => {
    underWay = 1;
    const loop = make();
    loop.start();
    pass(4_000);
    underWay = 0;
    pass(1_100);
    expect(told).toHaveLength(1);
  });

  it('tells every ten seconds in a cluster that never rests', () => {
    const loop = make();
    loop.start();
    underWay = 1;
    for (let change = 0; change < 400; change += 1) {
      pass(100);
      loop.poke();
    }
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.length).toBeLessThanOrEqual(4);
  });

  it('comes again for a status that could not be written, though nothing changes', async () => {
    retryStatusIn = 8_000;
    const loop = make();
    loop.start();
    pass(5_000);
    await Promise.resolve();
    expect(told).toEqual([1_010]);
    retryStatusIn = undefined;
    pass(60_000);
    expect(told).toHaveLength(2);
    await loop.stop();
  });

  it('sleeps no longer than a timer can, however long an address cools down', () => {
    const released = [{ namespace: 'gone', addresses: ['10.0.0.0'], releasedAt: '1970-01-01T00:00:00Z' }];
    const pool = {
      name: 'pool',
      createdAt: '',
      topologyLabel: 'zone',
      cidrAssignments: [{ CIDR: '10.0.0.0/32', labelValue: 'a' }],
      coolDown: '9000h',
      released,
    };
    const node = { name: 'n1', labels: { zone: 'a' }, ready: true, addresses: [] };
    const look = (): ClusterSnapshot =>
      buildSnapshot({
        time: new Date(now).toISOString(),
        egressIPAMs: [pool],
        nodes: [node],
        namespaces: [{ name: 'waits', createdAt: '', egressIPAM: 'pool' }],
      });
    make(look).start();
    pass(100);
    expect(plans).toHaveLength(1);
    expect(timers.every(({ at }) => at - now < 2 ** 31)).toBe(true);
    pass(400 * 86_400_000);
    expect(plans.length).toBeGreaterThan(370);
    expect(plans.length).toBeLessThan(400);
  });
});
