import { expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkStep } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { settle } from './settle.ts';

it('goes on until nothing is left to be done, step after step', () => {
  const start = aSnapshot({
    nodes: [aNode('n1')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], { finalizers: [] })],
    namespaces: [aNamespace('shop')],
  });
  const settled = settle(start);
  expect(plan(settled).steps).toEqual([]);
  expect(settled.namespaces).toMatchObject([{ egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' }]);
  expect(settle(settled)).toBe(settled);
  expect(start.namespaces).toEqual([aNamespace('shop')]);
});

it('ends where steps that are ready never end', () => {
  let count = 0;
  const step: NetworkStep = {
    ...{ kind: 'network', action: 'write', id: 'again', object: { kind: 'Object', name: 'odd' } },
    ...{ effects: {}, after: [], payload: null },
  };
  const backend: NetworkBackend = {
    ...plain,
    render: () => ({ steps: [step], findings: [] }),
    simulate: ({ objects, nodes }) => {
      count += 1;
      return { objects, nodes };
    },
  };
  settle(aSnapshot({}, backend), backend);
  expect(count).toBeGreaterThan(1);
  expect(count).toBeLessThan(1_000);
});
