import { expect, it } from 'vitest';
import { countsOf } from './namespace-counts.ts';

const pods = { group: 'net.example', version: 'v1', plural: 'endpoints', kind: 'Endpoint' };

it('tells what was counted, by namespace, and of nothing else', () => {
  const entries = [{ name: 'shop', count: 40 }, { name: 'idle', count: 0 }, { name: 'odd' }];
  expect([...countsOf({ Endpoint: entries }, pods)]).toEqual([
    ['shop', 40],
    ['idle', 0],
  ]);
  expect(countsOf({}, pods).size).toBe(0);
});
