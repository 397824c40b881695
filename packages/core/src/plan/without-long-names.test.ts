import { expect, it } from 'vitest';
import { plain } from '../plain/plain-network.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { createPlanner } from './planner.ts';

const long = 'p'.repeat(64);
const snapshot = aSnapshot({
  egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { name: long })],
  namespaces: [aNamespace('shop', 0, { egressIPAM: long })],
  nodes: [aNode('n1')],
});

it('an EgressIPAM whose name fits in no label serves nobody where objects carry it as one, and says so', () => {
  const traits: typeof plain.traits = (...given) => ({ ...plain.traits(...given), namesInLabels: true });
  const { allocations, findings, waiting } = createPlanner({ ...plain, traits }).plan(snapshot);
  expect(allocations).toEqual([]);
  expect(waiting.map(({ namespace }) => namespace)).toEqual(['shop']);
  expect(findings.find(({ code }) => code === 'NameTooLong')).toMatchObject({
    object: { kind: 'EgressIPAM', name: long },
    field: 'metadata.name',
  });
});

it('it does where they do not', () => {
  expect(createPlanner(plain).plan(snapshot).allocations).toHaveLength(1);
});
