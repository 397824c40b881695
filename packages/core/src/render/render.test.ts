import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Precondition } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
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
