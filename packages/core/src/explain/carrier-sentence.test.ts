import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { plain } from '../plain/plain-network.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import type { Allocation } from '../plan/plan-types.ts';
import { carrierSentence } from './carrier-sentence.ts';
import { explain } from './explain.ts';

const snapshot = aSnapshot({ nodes: [aNode('up'), { ...aNode('down'), ready: false }] });
const on = (node: string | null, more: Partial<Allocation> = {}): Allocation => ({
  namespace: 'shop',
  egressIPAM: 'pool',
  source: 'kept',
  addresses: ['10.0.0.5'],
  nodes: [node],
  carried: false,
  ...more,
});

it.each([
  ['carries it', on('up', { carried: true }), 'Node up carries 10.0.0.5.'],
  ['carries it beside others that do not', on('up', { carrying: ['10.0.0.5'] }), 'Node up carries 10.0.0.5.'],
  ['is to carry it', on('up'), 'Node up is to carry 10.0.0.5: no traffic leaves by it yet.'],
  [
    'lacks it on its interface',
    on('up', { unattached: ['10.0.0.5'] }),
    'Node up is to carry 10.0.0.5: what leaves by it is dropped, as no interface is known to have it yet.',
  ],
  ['is down', on('down'), 'Node down has 10.0.0.5 and is not Ready: no traffic leaves by it.'],
  ['is gone', on('gone'), 'Node gone has 10.0.0.5 and is gone: no traffic leaves by it.'],
  ['is not known', on(null), 'No node is known to carry 10.0.0.5.'],
])('says of a node that %s what is so', (_, allocation, sentence) => {
  expect(carrierSentence(snapshot, allocation, '10.0.0.5')).toBe(sentence);
});

it('namespace, address, node and EgressIPAM are explained alike while every node is down', () => {
  const down = aSnapshot({
    nodes: [{ ...aNode('down'), ready: false }],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
    namespaces: [aNamespace('shop', 1, { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' })],
  });
  const of = (kind: 'namespace' | 'address' | 'node' | 'egressipam', name: string): string =>
    explain(down, plan(down), { kind, name }, plain).statements.join('\n');
  for (const text of [of('namespace', 'shop'), of('address', '10.0.0.5'), of('node', 'down'), of('egressipam', 'pool')])
    expect(text).not.toMatch(/(?<!to )\bcarr(y|ies) 10|or will/);
  expect(of('egressipam', 'pool')).toContain('all addresses of 0 carry traffic');
});
