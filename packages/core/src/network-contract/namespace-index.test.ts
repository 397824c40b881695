import { describe, expect, it } from 'vitest';
import { NamespaceIndex } from './namespace-index.ts';

const named = (...names: readonly string[]): readonly { readonly namespace: string }[] =>
  names.map((namespace) => ({ namespace }));

describe('NamespaceIndex', () => {
  for (const [how, entries] of [
    ['in order', named('a', 'c', 'e')],
    ['in any order', named('c', 'e', 'a')],
  ] as const) {
    it(`finds entries ${how}, whatever was asked for before`, () => {
      const index = new NamespaceIndex(entries);
      for (const first of ['', 'a', 'b', 'c', 'd', 'e', 'f']) {
        for (const second of ['', 'a', 'b', 'c', 'd', 'e', 'f']) {
          index.get(first);
          expect(index.get(second)).toBe(entries.find(({ namespace }) => namespace === second));
        }
      }
    });

    it(`gives entries ${how} as they came`, () => {
      const index = new NamespaceIndex(entries);
      expect([...index.values()]).toEqual(entries);
      expect(index.size).toBe(3);
    });
  }

  it('has nothing where there is nothing', () => {
    expect(new NamespaceIndex([]).get('a')).toBeUndefined();
  });
});
