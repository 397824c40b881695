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

const none = (): ReadonlySet<string> => new Set();

it('knows what was wrong with nodes until that is told', () => {
  const troubles = new NodeTroubles();
  troubles.look([node('a', true), node('b', true), node('c', true)], none);
  troubles.look([node('a', false), node('b', true, ['ToBeDeletedByClusterAutoscaler'])], none);
  const why = (): readonly string[] => ['a', 'b', 'c'].map((name) => troubles.whyLeft(name));
  expect(why()).toEqual(['node not ready', 'node about to be removed', 'node deleted']);
  expect(['a', 'b', 'c'].map((name) => troubles.isDown(name))).toEqual([true, false, true]);
  troubles.look([node('a', true), node('b', true), node('c', true)], none);
  expect(why()).toEqual(['node not ready', 'node about to be removed', 'node deleted']);
  expect(['a', 'b', 'c'].map((name) => troubles.isDown(name))).toEqual([false, false, false]);
  troubles.told();
  expect(new Set(why())).toEqual(new Set(['node not eligible any more or full, or the network took it off']));
});

it('takes a node that it never saw for deleted', () => {
  const troubles = new NodeTroubles();
  troubles.look([node('a', true)], none);
  expect(troubles.whyLeft('z')).toBe('node deleted');
  expect(troubles.isDown('z')).toBe(false);
});

it('does not grow with nodes that come and go, says the same of them, and remembers those that addresses are on', () => {
  const troubles = new NodeTroubles();
  const names = Array.from({ length: 3_000 }, (_, number) => `n${number}`);
  const named = (): ReadonlySet<string> => new Set(['n0', 'n17']);
  for (const name of names) troubles.look([node('a', true), node(name, name !== 'n17')], named);
  troubles.look([node('a', true)], named);
  const down = names.filter((name) => troubles.isDown(name));
  expect(down).toEqual(['n0', 'n17', ...names.slice(-998)]);
  expect(new Set([...names, 'never'].map((name) => troubles.whyLeft(name)))).toEqual(new Set(['node deleted']));
  expect(troubles.isDown('never')).toBe(false);
  // Before it is told what came of it they are back.
  troubles.look([...names.map((name) => node(name, true)), node('a', true)], named);
  expect(names.filter((name) => troubles.whyLeft(name) === 'node deleted')).toEqual(down);
  expect(names.filter((name) => troubles.isDown(name))).toEqual([]);
});
