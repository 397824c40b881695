import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import type { NodeSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';

/** A node that counts how often its labels are looked at. */
function counted(node: NodeSnapshot, look: () => void): NodeSnapshot {
  const { labels } = node;
  return {
    ...node,
    get labels() {
      look();
      return labels;
    },
  };
}

function looksFor(egressIPAMs: number): number {
  let looks = 0;
  const nodes = Array.from({ length: 50 }, (_, index) => counted(aNode(`n${index}`), () => (looks += 1)));
  const list = Array.from({ length: egressIPAMs }, (_, index) =>
    anEgressIPAM([`10.${index}.0.0/24=a`], { name: `pool-${index}`, nodeSelector: { matchLabels: {} } }),
  );
  const { findings } = plan(aSnapshot({ nodes, egressIPAMs: list }));
  expect(findings.filter(({ code }) => code === 'OverlappingNodes')).toHaveLength(egressIPAMs - 1);
  return looks;
}

it('EgressIPAMs that ask for the same nodes cost no look at each node for each of them', () => {
  expect(looksFor(200)).toBe(looksFor(3));
});
