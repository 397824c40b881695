import { expect, it } from 'vitest';
import { NodeNames } from './node-names.ts';

it('counts nodes that are gone behind those that are there', () => {
  const names = new NodeNames([{ name: 'a' }, { name: 'b' }]);
  expect([names.indexOf('a'), names.indexOf('b'), names.indexOf('gone')]).toEqual([0, 1, undefined]);
  expect([names.indexOfHost('b'), names.indexOfHost('gone'), names.indexOfHost('gone')]).toEqual([1, 2, 2]);
  expect([names.indexOf('gone'), names.present, names.departed]).toEqual([2, 2, ['gone']]);
});
