import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { plain } from '../plain/plain-network.ts';
import { settle } from '../simulate/settle.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { createPlanner, plan } from './planner.ts';

const start = settle(
  aSnapshot({
    nodes: [aNode('n1'), aNode('n2'), aNode('n3', 'b')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a', '10.1.0.0/29=b'])],
    namespaces: ['a', 'b', 'c', 'd'].map((name, age) => aNamespace(name, age)),
  }),
);
const changeOf = <Entry extends { readonly name: string }>(
  list: readonly Entry[],
  name: string,
  change: Partial<Entry>,
): readonly Entry[] => list.map((entry) => (entry.name === name ? { ...entry, ...change } : entry));

/** What may happen to the cluster. */
const happening = fc.oneof(
  fc
    .record({ name: fc.constantFrom('n1', 'n2', 'n3'), ready: fc.boolean() })
    .map(({ name, ready }) => (snapshot: ClusterSnapshot): ClusterSnapshot => ({
      ...snapshot,
      nodes: changeOf(snapshot.nodes, name, { ready }),
    })),
  fc
    .record({ name: fc.constantFrom('a', 'b', 'c', 'd'), egressIPs: fc.constantFrom('10.0.0.5', '10.0.0.5,10.1.0.5') })
    .map(({ name, egressIPs }) => (snapshot: ClusterSnapshot): ClusterSnapshot => ({
      ...snapshot,
      namespaces: changeOf(snapshot.namespaces, name, { egressIPs }),
    })),
  fc.constantFrom('a', 'd').map((gone) => (snapshot: ClusterSnapshot): ClusterSnapshot => ({
    ...snapshot,
    namespaces: snapshot.namespaces.filter(({ name }) => name !== gone),
  })),
  fc.constantFrom('10.0.0.0/28', '10.0.0.0/30').map((CIDR) => (snapshot: ClusterSnapshot): ClusterSnapshot => ({
    ...snapshot,
    egressIPAMs: [anEgressIPAM([`${CIDR}=a`, '10.1.0.0/29=b'])],
  })),
  fc.constant((snapshot: ClusterSnapshot): ClusterSnapshot => settle(snapshot)),
);

describe('a plan', () => {
  it('is the same, byte for byte, whatever the planner planned before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(happening, fc.boolean()), { maxLength: 6 }), (happenings) => {
        const planner = createPlanner();
        planner.plan(start);
        let snapshot = start;
        for (const [happen, isLookedAt] of happenings) {
          snapshot = happen(snapshot);
          if (isLookedAt) expect(JSON.stringify(planner.plan(snapshot))).toBe(JSON.stringify(plan(snapshot)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('leaves its snapshot as it is', () => {
    const text = JSON.stringify(start);
    plan(start);
    expect(JSON.stringify(start)).toBe(text);
    expect(() => plan(frozen(JSON.parse(text) as ClusterSnapshot))).not.toThrow();
  });

  it('law 10: of a cluster that has settled has nothing to do', () => {
    const { steps, findings, waiting, allocations } = plan(start);
    expect([steps, findings, waiting]).toEqual([[], [], []]);
    expect(allocations.map(({ namespace, addresses }) => `${namespace} ${addresses.join()}`)).toEqual([
      ...['a 10.0.0.1,10.1.0.1', 'b 10.0.0.2,10.1.0.2', 'c 10.0.0.3,10.1.0.3', 'd 10.0.0.4,10.1.0.4'],
    ]);
  });
});

describe('what a planner asks of a back end', () => {
  it('is one reader for its life, and traits and steps by what that read', () => {
    const asked: unknown[] = [];
    const backend: NetworkBackend = {
      ...plain,
      createFactsReader: () => {
        asked.push('reader');
        return {
          read: (view) => ({ ...plain.createFactsReader().read(view), findings: [said(view.settings['mode'])] }),
        };
      },
      traits: (settings, platform) => {
        asked.push([settings['mode'], platform.isCloud]);
        return plain.traits(settings, platform);
      },
      render: (_decisions, facts, view) => {
        asked.push([facts.findings[0]?.message, view.settings['mode']]);
        return { steps: [], findings: [] };
      },
    };
    const said = (mode: unknown) => ({
      ...({ code: 'InvalidObject', severity: 'info', object: { kind: 'Mode', name: 'mode' } } as const),
      message: String(mode),
    });
    const planner = createPlanner(backend);
    for (const mode of ['x', 'y'])
      planner.plan({ ...start, network: { ...start.network, settings: { mode } }, nodes: start.nodes });
    expect(asked).toEqual(['reader', ['x', false], ['x', 'x'], ['y', false], ['y', 'y']]);
  });
});

it('so many new addresses are given out in one plan, and the next goes on', () => {
  const fresh = { ...start, namespaces: ['a', 'b', 'c', 'd'].map((name, age) => aNamespace(name, age)) };
  const limited = plan(fresh, plain, { mostNew: 4 });
  expect(limited.allocations.map(({ namespace }) => namespace)).toEqual(['a', 'b']);
  expect(limited.waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual([
    ['c', 'WaitingForTurn'],
    ['d', 'WaitingForTurn'],
  ]);
  const heldUp = plan(fresh, plain, { mostNew: 4, isHeldUp: (namespace) => namespace === 'a' });
  expect(heldUp.allocations.map(({ namespace }) => namespace)).toEqual(['a', 'b', 'c']);
});

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
