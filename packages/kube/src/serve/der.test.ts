import { describe, expect, it } from 'vitest';
import { certificateTime, element, integer, objectIdentifier } from './der.ts';

describe('DER', () => {
  // X.690, 8.1.3: the length of a content, in one byte or with the number of its bytes before it.
  it.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
  ])('writes the length of %d bytes', (length, head) => {
    expect(element(0x04, Buffer.alloc(length)).toString('hex')).toBe(head + '00'.repeat(length));
  });

  it.each([
    [[0x7f], '02017f'],
    [[0x80], '02020080'],
  ])('writes the integer %j without a sign', (bytes, expected) => {
    expect(integer(Buffer.from(bytes)).toString('hex')).toBe(expected);
  });

  it.each([
    ['2.5.29.17', '0603551d11'],
    ['1.2.840.113549', '06062a864886f70d'],
  ])('writes the object identifier %s', (dotted, expected) => {
    expect(objectIdentifier(dotted).toString('hex')).toBe(expected);
  });

  it.each([
    ['2026-01-31T12:34:56.789Z', 0x17, '260131123456Z'],
    ['2050-01-01T00:00:00Z', 0x18, '20500101000000Z'],
  ])('writes the time %s in whole seconds', (time, tag, text) => {
    const written = certificateTime(new Date(time));
    expect([written[0], written.subarray(2).toString()]).toEqual([tag, text]);
  });
});
