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

  it('of just what is shown has the addresses that are shown', () => {
    const record = HostedRecord.parseShown('10.0.0.1=shop,10.0.0.2=', ['10.0.0.1', '10.0.0.2']);
    expect(record?.addresses.map(formatAddress)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect([0, 1].map((position) => record?.namespaceAt(position))).toEqual(['shop', undefined]);
  });

  it.each([
    ['less', '10.0.0.1=shop', ['10.0.0.1', '10.0.0.2']],
    ['more', '10.0.0.1=shop,10.0.0.2=shop', ['10.0.0.1']],
    ['an empty entry more', '10.0.0.1=shop,', ['10.0.0.1']],
    ['another order', '10.0.0.2=shop,10.0.0.1=shop', ['10.0.0.1', '10.0.0.2']],
    ['a longer address', '10.0.0.12=shop', ['10.0.0.1']],
    ['no namespace', '10.0.0.1', ['10.0.0.1']],
    ['no address', 'nonsense=shop', ['nonsense']],
    ['IPv6, which is written in many ways', '2001:db8::1=shop', ['2001:db8::1']],
    ['what is no entry', '=shop', ['']],
    ['nothing while something is shown', '', ['10.0.0.1']],
    ['something while nothing is shown', '10.0.0.1=shop', []],
  ])('of %s is read by itself', (_what, text, shown) => {
    expect(HostedRecord.parseShown(text, shown)).toBeUndefined();
  });
});
