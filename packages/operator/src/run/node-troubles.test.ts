import type { NodeSnapshot } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { NodeTroubles } from './node-troubles.ts';

const node = (name: string, ready: boolean, taints: readonly string[] = []): NodeSnapshot => ({
  name,
  labels: {},
  ready,
  taints,
  addresses: [],
});

it('knows what was wrong with nodes until that is told', () => {
  const troubles = new NodeTroubles();
  troubles.look([node('a', true), node('b', true), node('c', true)]);
  troubles.look([node('a', false), node('b', true, ['ToBeDeletedByClusterAutoscaler'])]);
  const why = (): readonly string[] => ['a', 'b', 'c'].map((name) => troubles.whyLeft(name));
  expect(why()).toEqual(['node not ready', 'node about to be removed', 'node deleted']);
  expect(['a', 'b', 'c'].map((name) => troubles.isDown(name))).toEqual([true, false, true]);
  troubles.look([node('a', true), node('b', true), node('c', true)]);
  expect(why()).toEqual(['node not ready', 'node about to be removed', 'node deleted']);
  expect(['a', 'b', 'c'].map((name) => troubles.isDown(name))).toEqual([false, false, false]);
  troubles.told();
  expect(new Set(why())).toEqual(new Set(['node not eligible any more, or full']));
});

it('takes a node that it never saw for deleted', () => {
  const troubles = new NodeTroubles();
  troubles.look([node('a', true)]);
  expect(troubles.whyLeft('z')).toBe('node deleted');
  expect(troubles.isDown('z')).toBe(false);
});
