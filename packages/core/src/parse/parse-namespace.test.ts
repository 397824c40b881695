import { describe, expect, it } from 'vitest';
import { ParsedNamespace } from './parse-namespace.ts';

const namespaceOf = (egressIPs: string | undefined, allocated?: string): ParsedNamespace =>
  new ParsedNamespace({
    name: 'shop',
    createdAt: '2026-01-01T00:00:00Z',
    egressIPAM: 'pool',
    ...(egressIPs === undefined ? {} : { egressIPs }),
    ...(allocated === undefined ? {} : { allocated }),
  });

describe('lists', () => {
  it.each([
    ['10.0.0.1', ['10.0.0.1'], true],
    ['10.0.0.1,10.0.1.1', ['10.0.0.1', '10.0.1.1'], true],
    ['10.0.0.1,10.0.1.1', ['10.0.1.1', '10.0.0.1'], false],
    ['10.0.0.1,10.0.1.1', ['10.0.0.1'], false],
    ['10.0.0.1', ['10.0.0.1', '10.0.1.1'], false],
    ['10.0.0.11', ['10.0.0.1'], false],
    ['10.0.0.1 10.0.1.1', ['10.0.0.1', '10.0.1.1'], false],
    ['10.0.0.1,', ['10.0.0.1'], false],
    ['', [], false],
    [undefined, ['10.0.0.1'], false],
  ])('%j lists %j: %j', (text, texts, expected) => {
    const namespace = namespaceOf(text);
    expect(namespace.lists(texts)).toBe(expected);
    expect(namespace.lists(texts)).toBe(expected);
    if (expected) expect(namespace.texts).toEqual(texts);
  });
});

describe('isOnRecord', () => {
  it.each([
    ['10.0.0.1,10.0.1.1', 'pool/10.0.0.1,10.0.1.1', true],
    ['10.0.0.1,10.0.1.1', 'pool/10.0.1.1,10.0.0.1', false],
    ['10.0.0.1', 'loop/10.0.0.1', false],
    ['10.0.0.1', 'pool 10.0.0.1', false],
    ['10.0.0.1', undefined, false],
    [undefined, 'pool/10.0.0.1', false],
  ])('%j, recorded as %j: %j', (text, allocated, expected) => {
    expect(namespaceOf(text, allocated).isOnRecord).toBe(expected);
  });
});

describe('invalid', () => {
  it.each([
    ['10.0.0.1,10.0.0.1,10.0.1.1', ['10.0.0.1']],
    ['10.0.1.1, ::ffff:10.0.1.1 ,10.0.0.1', ['::ffff:10.0.1.1']],
    ['2001:db8::1,nonsense,2001:DB8:0::1,10.0.0.1', ['nonsense', '2001:DB8:0::1']],
    ['10.0.0.1,10.0.1.1', []],
  ])('of %j are %j: what stands there once is not named', (text, invalid) => {
    expect(namespaceOf(text).invalid).toEqual(invalid);
  });
});
