import { expect, it } from 'vitest';
import { formatAddress } from '../address/address.ts';
import { isOnRecord } from '../network-contract/records.ts';
import { parseAddresses } from './parse-lists.ts';
import { aNamespace, anEgressIPAM } from '../testing/builders.ts';
import { recordsOf } from './records-of.ts';

const recordOf = recordsOf({
  namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.2', allocated: 'pool/10.0.0.1' }), aNamespace('new')],
  egressIPAMs: [
    anEgressIPAM(['10.0.0.0/24=a'], {
      released: [{ namespace: 'gone', addresses: ['10.0.0.3'], releasedAt: '2026-01-01T00:00:00Z' }],
    }),
  ],
  departed: [{ egressIPAM: 'pool', namespace: 'gone', addresses: ['10.0.0.4'] }],
});

it('a record is what the annotations of a namespace say, and what it is remembered to give back', () => {
  const texts = (namespace: string): readonly string[] => recordOf(namespace).map(formatAddress);
  expect(texts('shop')).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(texts('gone')).toEqual(['10.0.0.4', '10.0.0.3']);
  expect(texts('new')).toEqual([]);
  expect(texts('nowhere')).toEqual([]);
});

it('a record confirms what has an address of it, or none at all', () => {
  const is = (namespace: string, ...addresses: readonly string[]): boolean =>
    isOnRecord({ recordOf }, namespace, parseAddresses(addresses));
  expect(is('shop', '10.0.0.9', '10.0.0.2')).toBe(true);
  expect(is('shop')).toBe(true);
  expect(is('shop', '10.0.0.9')).toBe(false);
  expect(is('new')).toBe(false);
});
