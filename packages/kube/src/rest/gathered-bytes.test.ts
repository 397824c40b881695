import { describe, expect, it } from 'vitest';
import { GatheredBytes } from './gathered-bytes.ts';

describe('GatheredBytes', () => {
  it('joins what came in pieces, and begins anew', () => {
    const bytes = new GatheredBytes(10_000);
    for (let count = 0; count < 1_000; count++) expect(bytes.add(Buffer.from('ab'))).toBe(true);
    expect(bytes.length).toBe(2_000);
    expect(bytes.take().toString()).toBe('ab'.repeat(1_000));
    expect(bytes.length).toBe(0);
    expect(bytes.take().toString()).toBe('');
    bytes.add(Buffer.from('c'));
    expect(bytes.take().toString()).toBe('c');
  });

  it('keeps nothing of what is more than its limit', () => {
    const bytes = new GatheredBytes(3);
    expect(bytes.add(Buffer.from('abc'))).toBe(true);
    expect(bytes.add(Buffer.from('d'))).toBe(false);
    expect(bytes.length).toBe(4);
    expect(bytes.take().toString()).toBe('');
  });

  it('keeps little more than the bytes of very many pieces', () => {
    const bytes = new GatheredBytes(1_000_000);
    const pieces = Buffer.alloc(500_000, 'x');
    const before = process.memoryUsage();
    for (let index = 0; index < pieces.length; index++) bytes.add(pieces.subarray(index, index + 1));
    const after = process.memoryUsage();
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(40_000_000);
    expect(bytes.take().length).toBe(500_000);
  });
});
