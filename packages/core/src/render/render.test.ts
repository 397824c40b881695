import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkStep, Precondition, Step } from '../network-contract/step.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import type { NodeObservation } from '../provider-contract/observation.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

describe('law 9: before the last trace of an address that is exchanged for another goes', () => {
  it.each([
    ['its namespace has the other one on record', {}, ['annotate shop']],
    ['nothing has to be on record, as it is already', { egressIPs: '10.9.0.1', allocated: 'other/10.9.0.1' }, []],
  ])('%s', (_what, record, expected) => {
    let asked: readonly Precondition[] = [];
    const backend: NetworkBackend = {
      ...plain,
      render: ({ order }) => {
        const address = parseAddress('10.0.0.1');
        asked = address === undefined ? [] : order.beforeForgetting(address);
        return { steps: [], findings: [] };
      },
    };
    const switched = aNamespace('shop', 0, {
      egressIPAM: 'other',
      egressIPs: '10.0.0.1',
      allocated: 'pool/10.0.0.1',
      ...record,
    });
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.9.0.0/24=z'], { name: 'other' })];
    plan(aSnapshot({ egressIPAMs, nodes: [aNode('n1'), aNode('n2', 'z')], namespaces: [switched] }, backend), backend);
    const ids = asked.flatMap((precondition) => (precondition.kind === 'step' ? [precondition.id] : []));
    expect(ids.filter((id) => id.startsWith('annotate'))).toEqual(expected);
  });
});

describe('law 9: the last trace of an address that goes back to its EgressIPAM', () => {
  it.each([
    ['waits for the write that remembers it', [], ['remember pool']],
    [
      'waits for none once it is remembered, though others are to be',
      [{ namespace: 'shop', addresses: ['10.0.0.1'], releasedAt: '2026-01-01T00:00:00Z' }],
      [],
    ],
  ])('%s', (_what, released, expected) => {
    const asked = new Map<string, readonly string[]>();
    const backend: NetworkBackend = {
      ...plain,
      render: ({ order }) => {
        for (const text of ['10.0.0.1', '10.0.0.2']) {
          const address = parseAddress(text);
          const before = address === undefined ? [] : order.beforeForgetting(address);
          asked.set(
            text,
            before.flatMap((precondition) => (precondition.kind === 'step' ? [precondition.id] : [])),
          );
        }
        return { steps: [], findings: [] };
      },
    };
    const departed = ['shop', 'bank'].map((namespace, index) => ({
      namespace,
      egressIPAM: 'pool',
      addresses: [`10.0.0.${index + 1}`],
    }));
    const snapshot = aSnapshot({ egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { released })], nodes: [aNode('n1')] });
    plan({ ...snapshot, time: '2026-01-01T00:00:01Z', departed }, backend);
    expect(Object.fromEntries(asked)).toEqual({ '10.0.0.1': expected, '10.0.0.2': ['remember pool'] });
  });
});

it('law 1: an address is written into no annotation before the record goes that has it without a proof', () => {
  // A network whose objects, and nothing else, prove what namespaces have: there are none.
  const proving: NetworkBackend = {
    ...plain,
    traits: (settings, platform) => ({ ...plain.traits(settings, platform), provesAllocations: true }),
  };
  const { egressIPAM: _egressIPAM, ...leaving } = aNamespace('leaves', 0, {
    egressIPs: '10.0.0.1',
    allocated: 'pool/10.0.0.1',
  });
  const namespaces = [aNamespace('asks', 1), aNamespace('asks-too', 2), leaving];
  const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a'])];
  const { steps } = plan(aSnapshot({ egressIPAMs, nodes: [aNode('n1')], namespaces }, proving), proving);
  const annotations = steps.flatMap((step) => (step.kind === 'annotate' ? [step] : []));
  expect(annotations.map(({ id, addresses, after }) => [id, addresses, after])).toEqual([
    ['annotate leaves', [], []],
    ['annotate asks', ['10.0.0.1'], [{ kind: 'step', id: 'annotate leaves', optional: true }]],
    ['annotate asks-too', ['10.0.0.2'], []],
  ]);
});

describe('law 7: the order of an address', () => {
  interface Options {
    readonly attach?: NetworkTraits['attach'];
    readonly cidrs?: readonly string[];
  }

  /** What each step waits for, where this project attaches, `shop` is as given, and the network has these steps. */
  function waitsOf(
    shop: Partial<NamespaceSnapshot>,
    attached: readonly string[],
    networkSteps: readonly Pick<NetworkStep, 'id' | 'effects'>[],
    { attach = 'after-hosting', cidrs = ['10.0.0.0/24=a'] }: Options = {},
  ): Readonly<Record<string, readonly string[]>> {
    const backend: NetworkBackend = {
      ...plain,
      traits: (...given) => ({ ...plain.traits(...given), attach }),
      render: ({ order }) => ({
        steps: networkSteps.map(({ id, effects }): NetworkStep => {
          const addresses = [...(effects.hosted ?? []), ...(effects.bound ?? [])].map(
            (text) => parseAddress(text) ?? 0,
          );
          const after = addresses.flatMap((address) =>
            effects.hosted === undefined ? order.beforeBinding(address) : order.beforeHosting(address),
          );
          const object = { kind: 'Object', name: id };
          return { kind: 'network', action: 'write', id, object, effects, after, namespace: 'shop', payload: null };
        }),
        findings: [],
      }),
    };
    const seen = (node: string, list: readonly string[]): NodeObservation => {
      const addresses = list.map((address) => ({ address, primary: false }));
      return { node, limits: {}, interfaces: [{ id: 'i', main: true, subnets: ['10.0.0.0/8'], addresses }] };
    };
    const observed = ['10.0.0.0/24', '10.1.0.0/24'].map((cidr) => ({ cidr, inUse: [], reserved: [] }));
    const observation = { nodes: [seen('n1', attached), seen('n2', [])], cidrs: observed };
    const { steps } = plan(
      aSnapshot({
        nodes: [aNode('n1'), aNode('n2', 'b')],
        egressIPAMs: [anEgressIPAM(cidrs, { finalizers: [] })],
        namespaces: [aNamespace('shop', 0, shop)],
        provider: { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation },
      }),
      backend,
    );
    const idsOf = ({ after }: Step): readonly string[] =>
      after.flatMap((entry) => (entry.kind === 'step' ? [entry.id] : []));
    return Object.fromEntries(steps.map((step) => [step.id, idsOf(step)]));
  }

  const host = { id: 'host', effects: { hosted: ['10.0.0.1'] } };
  const bind = { id: 'bind', effects: { bound: ['10.0.0.1'] } };

  it('on the way in is the finalizer, the annotation, the host, the interface, and traffic', () => {
    expect(waitsOf({}, [], [bind, host])).toEqual({
      'finalizer pool': [],
      'annotate shop': ['finalizer pool'],
      host: ['annotate shop'],
      'attach 10.0.0.1 n1': ['host'],
      bind: ['annotate shop', 'attach 10.0.0.1 n1'],
    });
  });

  it('has the interface before the host, where the network wants it there first', () => {
    expect(waitsOf({}, [], [host, bind], { attach: 'before-hosting' })).toMatchObject({
      'attach 10.0.0.1 n1': ['annotate shop'],
      host: ['annotate shop', 'attach 10.0.0.1 n1'],
      bind: ['annotate shop'],
    });
  });

  it('on the way out is traffic, the interface and at last the annotation, which waits for all of it', () => {
    const left = { egressIPAM: '', egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' };
    const unbind = { id: 'unbind', effects: { unbound: ['10.0.0.1'] } };
    const unhost = { id: 'unhost', effects: { unhosted: ['10.0.0.1'] } };
    const out = waitsOf(left, ['10.0.0.1'], [unbind, unhost, { id: 'other write', effects: {} }]);
    expect(out).toMatchObject({ unbind: [], 'detach 10.0.0.1 n1': ['unbind'] });
    expect(out['annotate shop']).toEqual(
      expect.arrayContaining(['unbind', 'unhost', 'other write', 'detach 10.0.0.1 n1', 'remember pool']),
    );
    const wanted = waitsOf(left, ['10.0.0.1'], [unbind, unhost], { attach: 'before-hosting' });
    expect(wanted['detach 10.0.0.1 n1']).toEqual(['unbind', 'unhost']);
  });

  it('of what is on record already waits for no annotation, also where another one is added', () => {
    const had = { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' };
    const expected = { host: [], 'attach 10.0.0.1 n1': ['host'], bind: ['attach 10.0.0.1 n1'] };
    expect(waitsOf(had, [], [bind, host])).toMatchObject(expected);
    expect(waitsOf(had, [], [bind, host], { cidrs: ['10.0.0.0/24=a', '10.1.0.0/24=b'] })).toMatchObject({
      ...expected,
      'annotate shop': ['finalizer pool'],
      'attach 10.1.0.1 n2': ['annotate shop'],
    });
  });
});
