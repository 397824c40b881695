import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NodeIndex } from '../ledger/indexes.ts';
import { NodeSet } from './node-set.ts';

it('has the nodes that were given, and no others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 40 })), (nodes) => {
      const set = new NodeSet(nodes as NodeIndex[]);
      for (let node = 0; node < 60; node += 1) expect(set.has(node as NodeIndex)).toBe(nodes.includes(node));
    }),
  );
});
