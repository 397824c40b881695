import { describe, expect, it } from 'vitest';
import type { NetworkStep, Step, StepEffects } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import type { Plan } from '../plan/plan-types.ts';
import { plan } from '../plan/planner.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { findDrift } from './drift.ts';

const snapshot = aSnapshot({
  nodes: [aNode('n1'), aNode('n2')],
  egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
  namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' }), aNamespace('new', 1)],
});
const planned = plan(snapshot);
const backend = {
  ...plain,
  describe: (_objects: unknown, { action }: NetworkStep) => `it lacks what ${action} would do`,
};

function driftOf(steps: readonly Step[], more: Partial<Plan> = {}): readonly string[] {
  return findDrift(snapshot, { ...planned, steps, ...more }, backend).map(
    ({ object, message, addresses = [] }) => `${object.kind} ${object.name}: ${message} [${addresses.join(' ')}]`,
  );
}

const toNetwork = (effects: StepEffects, after: Step['after'] = []): Step => ({
  ...{ kind: 'network', action: 'bind', payload: {}, id: '1', object: { kind: 'Binding', name: 'shop' } },
  ...{ effects, after },
});
const toInterface = (kind: 'attach' | 'detach', effects: StepEffects): Step => ({
  ...{ kind, node: 'n1', address: '10.0.0.5', id: '1', object: { kind: 'Interface', name: 'n1/eth0' } },
  ...{ effects, after: [] },
});

describe('what disagrees with an allocation on record', () => {
  it('is drift: an object of the network, as the network says it', () => {
    expect(driftOf([toNetwork({ bound: ['10.0.0.5'] })])).toEqual([
      'Binding shop: it lacks what bind would do; the operator puts it right when it runs [10.0.0.5]',
    ]);
  });

  it('is drift: an interface, told of its node', () => {
    const moves: Step = {
      ...{ kind: 'move', from: 'n2', node: 'n1', address: '10.0.0.5', id: '1', after: [] },
      ...{
        object: { kind: 'Interface', name: 'n1/eth0' },
        effects: { attached: ['10.0.0.5'], detached: ['10.0.0.5'] },
      },
    };
    const said = driftOf([
      toInterface('attach', { attached: ['10.0.0.5'] }),
      toInterface('detach', { detached: ['10.0.0.5'] }),
      moves,
    ]);
    expect(said).toEqual([
      expect.stringMatching(
        /^Node n1: its interface lacks 10\.0\.0\.5, which the network hosts there; .* \[10\.0\.0\.5\]$/,
      ),
      expect.stringMatching(/^Node n1: its interface carries 10\.0\.0\.5, which no namespace has any more; /),
      expect.stringMatching(
        /^Node n1: its interface lacks 10\.0\.0\.5, which is still on that of n2; .* \[10\.0\.0\.5\]$/,
      ),
    ]);
  });

  it('is drift where something is there that nobody has, and nothing is to be added', () => {
    expect(driftOf([toNetwork({ unbound: ['10.0.0.9'], unhosted: ['10.0.0.9'] })])).toEqual([
      expect.stringMatching(/ \[10\.0\.0\.9\]$/),
    ]);
  });
});

describe('no drift is', () => {
  it('what is to be written for the first time', () => {
    expect(planned.allocations.map(({ namespace, addresses }) => [namespace, ...addresses])).toContainEqual([
      'new',
      '10.0.0.1',
    ]);
    expect(driftOf([toNetwork({ bound: ['10.0.0.1'] }), toNetwork({ hosted: ['10.0.0.1'] })])).toEqual([]);
    const allocations = planned.allocations.map((allocation) => ({
      ...allocation,
      added: { addresses: ['10.0.0.5'], source: 'new' as const },
    }));
    expect(driftOf([toNetwork({ bound: ['10.0.0.5'] })], { allocations })).toEqual([]);
  });

  it('a step that waits for another one, that touches no address, or that is none of the network', () => {
    expect(driftOf([toNetwork({ bound: ['10.0.0.5'] }, [{ kind: 'step', id: '0' }]), toNetwork({})])).toEqual([]);
    expect(planned.steps.map(({ kind }) => kind)).toContain('annotate');
    expect(driftOf(planned.steps)).toEqual([]);
  });
});
