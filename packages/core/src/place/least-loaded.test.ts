import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NodeIndex } from '../ledger/indexes.ts';
import { LeastLoaded } from './least-loaded.ts';

it('picks the node with the lowest load that is acceptable, the first by name of several, whichever way it looks', () => {
  const rounds = fc.array(fc.record({ isRefused: fc.array(fc.boolean()), refused: fc.constantFrom(0, Infinity) }));
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 12 }), rounds, (free, picks) => {
      const loads = free.map(() => 0);
      const hasRoom = (node: number): boolean => (loads[node] ?? 0) < (free[node] ?? 0);
      const queue = new LeastLoaded({ hasRoom, relativeLoad: (node: number) => loads[node] ?? 0 });
      const candidates = free.map((_, node) => node as NodeIndex);
      for (const { isRefused, refused } of picks) {
        const isFree = (node: NodeIndex): boolean => isRefused[node] !== true;
        const fitting = candidates.filter((node) => isFree(node) && hasRoom(node));
        const least = Math.min(...fitting.map((node) => loads[node] ?? 0));
        const picked = queue.pick('all', { id: 0, candidates }, 4, isFree, refused);
        expect(picked).toBe(fitting.find((node) => loads[node] === least));
        if (picked !== undefined) loads[picked] = (loads[picked] ?? 0) + 1;
      }
    }),
  );
});
