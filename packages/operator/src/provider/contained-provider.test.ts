/* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- plug-ins reject with what is no Error, too */
import { ProviderError, type CloudProvider, type ObserveOptions, type ProviderChange } from '@egressip-ipam/core';
import { FakeClock } from '@egressip-ipam/kube/testing';
import { describe, expect, it } from 'vitest';
import { containProvider } from './contained-provider.ts';

const asked = { nodes: [{ name: 'a' }, { name: 'b' }], cidrs: ['10.0.0.0/24'] };
const changes: readonly ProviderChange[] = [{ type: 'attach', address: '10.0.0.5', node: { name: 'a' } }];
const node = (name: string) => ({
  node: name,
  interfaces: [
    { id: 'eth0', main: true, subnets: ['10.0.0.0/24'], addresses: [{ address: '10.0.0.2', primary: true }] },
  ],
  limits: { ipv4: 10, ...(name === 'b' ? { ipv6: 4, total: 12 } : {}) },
  ...(name === 'b' ? { silent: true } : {}),
});
const good = {
  nodes: [node('a'), node('b')],
  cidrs: [
    {
      cidr: '10.0.0.0/24',
      inUse: [{ address: '10.0.0.2', usedBy: 'node a' }],
      reserved: ['10.0.0.1', '10.0.0.250-10.0.0.255'],
    },
  ],
};
const never = (): Promise<never> => new Promise(() => undefined);

/** A provider whose calls do as told, behind the wall. */
function contain(calls: { readonly observe?: unknown; readonly apply?: unknown; readonly changed?: unknown }) {
  const clock = new FakeClock();
  const faults: string[] = [];
  const provider = {
    specificationVersion: 'v1',
    name: 'broken',
    platforms: { types: [], providerIDPrefixes: [] },
    capabilities: { attach: true },
    ...calls,
  } as unknown as CloudProvider;
  const contained = containProvider(provider, { clock, onFault: (call, fault) => faults.push(`${call} ${fault}`) });
  const signal = new AbortController().signal;
  return {
    clock,
    faults,
    contained,
    observe: (options: Partial<ObserveOptions> = {}) => contained.observe({ ...asked, signal, ...options }),
    apply: () => contained.apply({ changes, signal }),
  };
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no failure',
    (error: unknown) => (ProviderError.isInstance(error) ? `${error.description.class}: ${error.message}` : error),
  );

describe('a contained provider', () => {
  it('tells of changes as the provider does, and of none where that fails', async () => {
    const stop = new AbortController();
    const { contained } = contain({ changed: () => Promise.resolve() });
    await contained.changed?.(stop.signal);
    const broken = contain({ changed: () => Promise.reject('no') }).contained.changed?.(stop.signal);
    expect(await Promise.race([broken, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('waits');
    stop.abort();
    await broken;
    expect(contain({}).contained.changed).toBeUndefined();
  });

  it('passes on what is as it should be', async () => {
    const { observe, apply, contained, faults } = contain({
      observe: () => Promise.resolve(good),
      apply: () => Promise.resolve([{ change: changes[0], outcome: 'done' }]),
    });
    expect(await observe()).toEqual(good);
    expect(await apply()).toEqual([{ change: changes[0], outcome: 'done' }]);
    expect([contained.trouble, faults]).toEqual([undefined, []]);
  });

  it('takes as many calls at once as come: only those that were given up are counted', async () => {
    const answers: ((answer: unknown) => void)[] = [];
    const { apply, faults } = contain({ apply: () => new Promise((resolve) => answers.push(resolve)) });
    const calls = Array.from({ length: 50 }, () => apply());
    expect(answers).toHaveLength(50);
    for (const answer of answers) answer([{ change: changes[0], outcome: 'done' }]);
    expect((await Promise.all(calls)).flat()).toHaveLength(50);
    expect(faults).toEqual([]);
  });

  it('gives what is asked as a copy: one that works it off, or writes into it, is told nothing else of', async () => {
    type Mutable = { nodes: unknown[]; cidrs: string[]; changes: { address: string }[] };
    const { observe, contained } = contain({
      observe: ({ nodes, cidrs }: Mutable) => {
        nodes.length = 0;
        cidrs.length = 0;
        return Promise.resolve(good);
      },
      apply: ({ changes: list }: Mutable) => {
        const done = [{ change: { ...list[0] }, outcome: 'done' }];
        for (const change of list.splice(0)) change.address = '10.0.0.99';
        return Promise.resolve(done);
      },
    });
    expect(await observe()).toEqual(good);
    const own: readonly ProviderChange[] = [{ type: 'attach', address: '10.0.0.5', node: { name: 'a' } }];
    const results = await contained.apply({ changes: own, signal: new AbortController().signal });
    expect(results).toEqual([{ change: changes[0], outcome: 'done' }]);
    expect(own).toEqual(changes);
  });

  it('says of itself all that the provider does, be it of a class', () => {
    class Described {
      readonly specificationVersion = 'v1';
      readonly name = 'described';
      readonly platforms = { types: ['AWS'], providerIDPrefixes: [] };
      readonly capabilities = { attach: true, atomicMove: true };
      readonly isCloud = true;
      readonly keptInSubnets = { first: 4, last: 1 };
      readonly settlingTime = 5_000;
      readonly reads = [];
      requests(namespace: string) {
        return [
          {
            group: '',
            version: 'v1',
            plural: 'secrets',
            kind: 'Secret',
            namespace,
            object: { metadata: { name: this.name } },
          },
        ];
      }
      isEquipped() {
        return this.isCloud;
      }
    }
    const provider = new Described();
    const { requests, isEquipped, ...described } = containProvider(provider as unknown as CloudProvider, {
      clock: new FakeClock(),
      onFault: () => undefined,
    });
    expect(described).toMatchObject({ ...provider });
    expect(requests?.('here')).toEqual(provider.requests('here'));
    expect(isEquipped?.({ objects: () => [], environment: {} })).toBe(true);
  });

  it.each([
    [
      'throws at once',
      () => {
        throw new Error('boom');
      },
      'unknown: the provider failed: boom',
      'threw',
    ],
    ['rejects with a text', () => Promise.reject('boom'), 'unknown: the provider failed: boom', 'threw'],
    ['rejects with nothing', () => Promise.reject(undefined), 'unknown: the provider failed: undefined', 'threw'],
    [
      'throws what cannot be read',
      () =>
        Promise.reject({
          toString() {
            throw new Error('no');
          },
        }),
      'unknown: the provider failed: what was thrown cannot be read',
      'threw',
    ],
    [
      'answers with nothing',
      () => Promise.resolve(),
      'unknown: the provider answers wrongly: observe: nothing is said of it, or twice',
      'wrong-answer',
    ],
    [
      'answers with a list',
      () => Promise.resolve([]),
      'unknown: the provider answers wrongly: observe: an object is expected, not a list',
      'wrong-answer',
    ],
    [
      'answers without nodes',
      () => Promise.resolve({ cidrs: [] }),
      'unknown: the provider answers wrongly: observe: nodes: a list is expected, not undefined',
      'wrong-answer',
    ],
    [
      'answers without a promise',
      () => 5,
      'unknown: the provider answers wrongly: observe: an object is expected, not 5',
      'wrong-answer',
    ],
  ])('that %s fails with a ProviderError', async (_name, call, message, fault) => {
    const { observe, contained, faults } = contain({ observe: call });
    expect(await failure(observe())).toBe(message);
    expect(faults).toEqual([`observe ${fault}`]);
    expect(contained.trouble).toMatch(/^provider broken cannot be asked/);
  });

  it('keeps its own ProviderErrors, and no control character of them', async () => {
    const { observe, faults } = contain({
      observe: () =>
        Promise.reject(
          new ProviderError({ class: 'throttled', message: 'slow\u001b[31m\n\u202edown', retryAfterMilliseconds: 500 }),
        ),
    });
    expect(await failure(observe())).toBe('throttled: slow [31m down');
    expect(faults).toEqual([]);
  });

  it('that does not answer is given up by our clock, whether it heeds the signal or not', async () => {
    const { observe, apply, clock, contained, faults } = contain({ observe: never, apply: never });
    const looks = failure(observe());
    const calls = failure(apply());
    await clock.advance(60_000);
    expect(await looks).toBe('unknown: the provider does not answer: observe has not answered within 60 s');
    expect(contained.trouble).toMatch(/does not answer/);
    await clock.advance(60_000);
    expect(await calls).toBe('unknown: the provider does not answer: apply has not answered within 120 s');
    expect(faults).toEqual(['observe no-answer', 'apply no-answer']);
    expect(clock.pending).toBe(0);
  });

  it('is not called without end while its calls do not end', async () => {
    let calls = 0;
    const { observe, clock } = contain({ observe: () => ((calls += 1), never()) });
    for (let count = 0; count < 30; count++) {
      const look = failure(observe());
      await clock.advance(60_000);
      await look;
    }
    expect(calls).toBe(16);
  });

  it('that answers too late, or is rejected then, is not listened to', async () => {
    let reject: (error: Error) => void = () => undefined;
    const { observe, clock } = contain({ observe: () => new Promise((_resolve, fail) => (reject = fail)) });
    const look = failure(observe());
    await clock.advance(60_000);
    await look;
    reject(new Error('late'));
    await clock.advance(1);
  });

  it('ends with the caller’s signal', async () => {
    const { observe, contained } = contain({ observe: never });
    const controller = new AbortController();
    const look = failure(observe({ signal: controller.signal }));
    controller.abort();
    expect(await look).toBe('unknown: observe was given up');
    expect(contained.trouble).toBeUndefined();
  });

  it('is in no trouble any more once it answers', async () => {
    let answer: unknown = undefined;
    const { observe, contained } = contain({ observe: () => Promise.resolve(answer) });
    await failure(observe());
    expect(contained.trouble).toBeDefined();
    answer = good;
    await observe();
    expect(contained.trouble).toBeUndefined();
  });
});

/** An object of which one field throws when it is read. */
function throwing(object: object, field: string): object {
  return Object.defineProperty({ ...object }, field, {
    get: () => {
      throw new Error('not so');
    },
  });
}

/** A list that gives another of its own wherever it is made into one. */
class OwnList extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Foreign as unknown as ArrayConstructor;
  }

  override *[Symbol.iterator](): ArrayIterator<unknown> {
    for (;;) yield undefined;
  }
}

class Foreign extends Array<unknown> {
  override map(): never {
    throw new Error('not mine');
  }
}

/** A list behind a proxy that was revoked: whatever is done with it throws. */
function takenBack(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

it('nothing is kept of a list that is of a class of the provider’s', async () => {
  const addresses = OwnList.from(good.cidrs[0]?.inUse ?? []);
  const { cidrs } = await contain({
    observe: () => Promise.resolve({ ...good, cidrs: [{ ...good.cidrs[0], inUse: addresses }] }),
  }).observe();
  const [first] = cidrs;
  if (first === undefined || 'error' in first) throw new Error('it is not read');
  expect(Object.getPrototypeOf(first.inUse)).toBe(Array.prototype);
  expect(first).toEqual(good.cidrs[0]);
});

describe('a part of an answer that is wrong', () => {
  const observeWith = (change: object) => contain({ observe: () => Promise.resolve({ ...good, ...change }) }).observe();

  it.each([
    ['a node left out', { nodes: [node('b')] }, 'observe: node a: nothing is said of it, or twice'],
    ['a node twice', { nodes: [node('a'), node('a'), node('b')] }, 'observe: node a: nothing is said of it, or twice'],
    [
      'an address that is none',
      {
        nodes: [
          { ...node('a'), interfaces: [{ id: 'x', main: true, subnets: [], addresses: [{ address: '10.0.0.300' }] }] },
          node('b'),
        ],
      },
      'observe: interface x of node a: "10.0.0.300" is no address',
    ],
    [
      'no main interface',
      { nodes: [{ ...node('a'), interfaces: [] }, node('b')] },
      'observe: node a has 0 main interfaces, and one is expected',
    ],
    [
      'limits that are none',
      { nodes: [{ ...node('a'), limits: { ipv4: NaN } }, node('b')] },
      'observe: limits of node a are numbers of addresses',
    ],
    [
      'a list of four thousand million',
      { nodes: [{ ...node('a'), interfaces: new Array(2 ** 32 - 1) }, node('b')] },
      'observe: interfaces of node a: 4294967295 entries are more than 262144',
    ],
    [
      'an interface with a name without end',
      { nodes: [{ ...node('a'), interfaces: [{ ...node('a').interfaces[0], id: 'x'.repeat(501) }] }, node('b')] },
      `observe: interface "${'x'.repeat(80)}" of node a: id is a short text, and main true or false`,
    ],
    [
      'a list with holes',
      { nodes: [{ ...node('a'), interfaces: [{ ...node('a').interfaces[0], addresses: new Array(3) }] }, node('b')] },
      'observe: interface eth0 of node a: an address: nothing is said of it, or twice',
    ],
    ['a field that throws', { nodes: [throwing(node('a'), 'interfaces'), node('b')] }, 'a part of it cannot be read'],
    [
      'a list that is taken back',
      { nodes: [{ ...node('a'), interfaces: takenBack() }, node('b')] },
      'a part of it cannot be read',
    ],
  ])('is an error of that node alone: %s', async (_name, change, message) => {
    const { nodes, cidrs } = await observeWith(change);
    expect(nodes).toEqual([
      { node: 'a', error: { class: 'unknown', message: `the provider answers wrongly: ${message}` } },
      good.nodes[1],
    ]);
    expect(cidrs).toEqual(good.cidrs);
  });

  it('is an error of that CIDR: nothing is given out from it', async () => {
    const { nodes, cidrs } = await observeWith({ cidrs: [{ cidr: '10.0.0.0/24', inUse: null, reserved: [] }] });
    expect(nodes).toEqual(good.nodes);
    expect(cidrs).toEqual([
      {
        cidr: '10.0.0.0/24',
        error: {
          class: 'unknown',
          message: 'the provider answers wrongly: observe: CIDR 10.0.0.0/24: inUse: a list is expected, not null',
        },
      },
    ]);
  });

  it('keeps nothing of what was not asked for', async () => {
    const seen = await observeWith({
      nodes: [{ ...node('a'), extra: 'x'.repeat(1_000) }, node('b'), node('c')],
      more: [],
    });
    expect(seen).toEqual(good);
  });

  it.each([
    ['no result', [], 'apply: the result of attach of 10.0.0.5: nothing is said of it, or twice'],
    [
      'a result of another change',
      [{ change: { type: 'attach', address: '10.0.0.6', node: { name: 'a' } }, outcome: 'done' }],
      'apply: the result of attach of 10.0.0.5: nothing is said of it, or twice',
    ],
    [
      'an outcome that is none',
      [{ change: changes[0], outcome: 'ok' }],
      'apply: the outcome of attach of 10.0.0.5 is neither "done" nor "failed"',
    ],
  ])('of apply is no success: %s', async (_name, answer, message) => {
    const { apply } = contain({ apply: () => Promise.resolve(answer) });
    expect(await apply()).toEqual([
      {
        change: changes[0],
        outcome: 'failed',
        error: { class: 'unknown', message: `the provider answers wrongly: ${message}` },
      },
    ]);
  });

  it('of an error is of unknown effect', async () => {
    const { apply } = contain({
      apply: () =>
        Promise.resolve([
          { change: changes[0], outcome: 'failed', error: { class: 'bad', retryAfterMilliseconds: Infinity } },
        ]),
    });
    expect(await apply()).toEqual([
      {
        change: changes[0],
        outcome: 'failed',
        error: { class: 'unknown', message: 'the provider gives no reason', retryAfterMilliseconds: 3_600_000 },
      },
    ]);
  });
});
