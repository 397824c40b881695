import { formatAddress, parseAddress } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { formatHostedIPs, HostedRecord } from './hosted-ips.ts';

describe('the record of a HostSubnet', () => {
  it.each([
    ['', [], []],
    ['10.0.0.1=shop', ['10.0.0.1'], ['shop']],
    ['10.0.0.1=shop,10.0.0.2=,10.0.0.3', ['10.0.0.1', '10.0.0.2', '10.0.0.3'], ['shop', undefined, undefined]],
    ['nonsense=shop,,=,10.0.0.4=web', ['10.0.0.4'], ['web']],
  ])('%j', (text, addresses, namespaces) => {
    const record = HostedRecord.parse(text);
    expect(record.addresses.map(formatAddress)).toEqual(addresses);
    expect(addresses.map((_, position) => record.namespaceAt(position))).toEqual(namespaces);
  });

  it('is read as it was written', () => {
    const record = HostedRecord.parse(
      formatHostedIPs([
        ['10.0.0.1', 'shop'],
        ['10.0.0.2', undefined],
      ]),
    );
    expect(record.namespaceOf(parseAddress('10.0.0.1') ?? 0)).toBe('shop');
    expect(record.namespaceOf(parseAddress('10.0.0.2') ?? 0)).toBeUndefined();
    expect(record.namespaceOf(parseAddress('10.0.0.9') ?? 0)).toBeUndefined();
  });
});
