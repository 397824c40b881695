import { expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { plain } from '../plain/plain-network.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import { whyKeptBack } from './kept-back.ts';

const snapshot = buildSnapshot({
  egressIPAMs: [
    {
      name: 'pool',
      createdAt: '2026-01-01T00:00:00Z',
      topologyLabel: 'zone',
      cidrAssignments: [{ CIDR: '10.1.0.0/28', labelValue: 'a', reservedIPs: ['10.1.0.3'] }],
    },
  ],
  nodes: [{ name: 'n1', labels: { zone: 'a' }, ready: true, addresses: ['10.1.0.2'] }],
  refused: ['10.1.0.4'],
});

it.each([
  ['10.1.0.1', []],
  ['10.1.0.2', ['It is an address of node n1 itself.']],
  ['10.1.0.3', ['It is given to nobody: it is reserved in 10.1.0.0/28 (10.1.0.3).']],
  ['10.1.0.4', ['The network or the cloud refused it a short while ago, so it is left alone for a while.']],
  ['10.1.0.0', ['It is given to nobody: it is the network address of 10.1.0.0/28.']],
  ['10.1.0.15', ['It is given to nobody: it is the broadcast address of 10.1.0.0/28.']],
  ['10.2.0.3', []],
])('says why %s is given to nobody', (address, sentences) => {
  expect(whyKeptBack(snapshot, plain, parseAddress(address) as Address)).toEqual(sentences);
});
