import type { NodeSnapshot } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { DepartedNodes } from './departed-nodes.ts';

const node = (name: string, providerID?: string): NodeSnapshot => ({
  name,
  labels: { zone: 'a' },
  ready: true,
  addresses: ['10.0.0.4'],
  ...(providerID === undefined ? {} : { providerID }),
});
const inShort = (nodes: readonly NodeSnapshot[]): readonly string[] =>
  nodes.map(({ name, ready }) => (ready ? name : `${name} departed`));

it('a node that goes is kept, chosen by nobody, until it is back or nothing of it is left', () => {
  const departed = new DepartedNodes();
  const present = [node('c')];
  expect(departed.with(present)).toBe(present);
  for (const gone of [node('b', 'aws:///z/i-2'), node('a', 'aws:///z/i-1'), node('without-a-machine')])
    departed.note(gone);
  const all = departed.with(present);
  expect(inShort(all)).toEqual(['a departed', 'b departed', 'c']);
  expect(all[0]).toEqual({ name: 'a', labels: {}, ready: false, addresses: [], providerID: 'aws:///z/i-1' });
  expect(departed.with(present)).toBe(all);
  expect(inShort(departed.with([node('b', 'aws:///z/i-2'), node('c')]))).toEqual(['a departed', 'b', 'c']);
  departed.forget((name) => name === 'a');
  expect(inShort(departed.with(present))).toEqual(['c']);
});

it('a node that goes is kept beside another machine that comes under its name', () => {
  const departed = new DepartedNodes();
  departed.note(node('a', 'aws:///z/i-1'));
  expect(inShort(departed.with([node('a')]))).toEqual(['a', 'a (aws:///z/i-1) departed']);
  expect(inShort(departed.with([node('a', 'aws:///z/i-2')]))).toEqual(['a', 'a (aws:///z/i-1) departed']);
  expect(inShort(departed.with([node('a', 'aws:///z/i-1')]))).toEqual(['a']);
});

it('a node without a providerID is kept where its name is enough, until it is back', () => {
  const departed = new DepartedNodes(true);
  departed.note(node('a'));
  departed.note(node('b'));
  expect(inShort(departed.with([node('c')]))).toEqual(['a departed', 'b departed', 'c']);
  expect(inShort(departed.with([node('a'), node('c')]))).toEqual(['a', 'b departed', 'c']);
  departed.forget((name) => name === 'b');
  expect(inShort(departed.with([node('c')]))).toEqual(['c']);
});
