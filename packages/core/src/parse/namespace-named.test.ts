import { expect, it } from 'vitest';
import { aNamespace } from '../testing/builders.ts';
import { namespaceNamed } from './namespace-named.ts';
import { parseNamespace } from './parse-namespace.ts';

it('finds each namespace of a sorted list, and none that is not there', () => {
  const names = ['a', 'a-1', 'b', 'z'];
  const namespaces = names.map((name) => parseNamespace(aNamespace(name)));
  expect(names.map((name) => namespaceNamed(namespaces, name))).toEqual(namespaces);
  for (const name of ['', 'A', 'a-', 'aa', 'zz']) expect(namespaceNamed(namespaces, name)).toBeUndefined();
  expect(namespaceNamed([], 'a')).toBeUndefined();
});
