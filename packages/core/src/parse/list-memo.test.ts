import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListMemo } from './list-memo.ts';

interface Source {
  readonly name: string;
  readonly value: number;
}

function counting(): { readonly memo: ListMemo<Source, Source>; readonly parsed: Source[] } {
  const parsed: Source[] = [];
  const memo = new ListMemo((source: Source) => {
    parsed.push(source);
    return { ...source };
  });
  return { memo, parsed };
}

const named = (...names: readonly string[]): readonly Source[] => names.map((name, value) => ({ name, value }));

describe('a list that is parsed', () => {
  it('is sorted by name, and of two with one name the first counts', () => {
    const [c, a, again, b] = named('c', 'a', 'a', 'b') as readonly [Source, Source, Source, Source];
    expect(counting().memo.parseAll([c, a, again, b])).toEqual([a, b, c]);
  });

  it('is the same list again where it is the same', () => {
    const { memo } = counting();
    const sources = named('a', 'b');
    expect(memo.parseAll(sources)).toBe(memo.parseAll(sources));
  });

  it('costs only what changed, and what stayed is the same object', () => {
    const { memo, parsed } = counting();
    const [a, b, c, d] = named('a', 'b', 'c', 'd') as readonly [Source, Source, Source, Source];
    const before = memo.parseAll([a, b, d]);
    parsed.length = 0;
    const changed = { ...b, value: 9 };
    const after = memo.parseAll([a, changed, c, d]);
    expect(parsed).toEqual([changed, c]);
    expect(after).toEqual([a, changed, c, d]);
    expect(after[0]).toBe(before[0]);
    expect(after[3]).toBe(before[2]);
  });
});

it('whatever was parsed before, a list is parsed as if for the first time', () => {
  const pool = fc.constantFrom(...['a', 'b', 'b', 'c', 'd', 'e'].map((name, value) => ({ name, value })));
  fc.assert(
    fc.property(fc.array(fc.array(pool, { maxLength: 8 }), { minLength: 2, maxLength: 6 }), (lists) => {
      const { memo } = counting();
      for (const list of lists) expect(memo.parseAll(list)).toEqual(counting().memo.parseAll(list));
    }),
  );
});
