import type { HostFacts, NetworkBackend, NetworkFacts, NetworkStep, NetworkView } from '@egressip-ipam/core';
import { networkLaws } from '@egressip-ipam/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostByHand, network } from './config-map-network.ts';

/** A back end with one fault built in, the law that must catch it, and what it has to say. */
interface Broken {
  readonly what: string;
  readonly caughtBy: string;
  readonly says: RegExp;
  readonly breakIt: Partial<NetworkBackend>;
}

const mapSteps = (change: (step: NetworkStep) => readonly NetworkStep[]): Partial<NetworkBackend> => ({
  render: (decisions, facts, view) => {
    const rendering = network.render(decisions, facts, view);
    return { ...rendering, steps: rendering.steps.flatMap(change) };
  },
});
const mapFacts = (change: (facts: NetworkFacts, view: NetworkView) => NetworkFacts): Partial<NetworkBackend> => ({
  createFactsReader: () => {
    const reader = network.createFactsReader();
    return { read: (view) => change(reader.read(view), view) };
  },
});
const poke: NetworkStep = {
  kind: 'network',
  action: 'poke',
  id: 'poke',
  object: { kind: 'ConfigMap', name: 'poked' },
  effects: {},
  after: [],
  payload: { key: 'poke', value: 'again' },
};
/** Takes away what people put on nodes. */
const clearing = ({ object, hosted }: HostFacts): readonly NetworkStep[] =>
  [...hosted].flatMap(({ ours }): readonly NetworkStep[] =>
    ours
      ? []
      : [{ ...poke, id: object.name, object, payload: { key: object.name.replace('by-hand-', ''), value: null } }],
  );

const broken: readonly Broken[] = [
  {
    what: 'tells nobody what others use',
    caughtBy: 'law 1:',
    says: /is foreign and given out/,
    breakIt: mapFacts((facts) => ({ ...facts, used: [], occupied: [], hosts: [] })),
  },
  {
    what: 'takes off what people put on nodes',
    caughtBy: 'law 5:',
    says: /put on n\d by hand, is gone/,
    breakIt: {
      render: (decisions, facts, view) => {
        const rendering = network.render(decisions, facts, view);
        return { ...rendering, steps: [...rendering.steps, ...facts.hosts.flatMap(clearing)] };
      },
    },
  },
  {
    what: 'binds to what it says no node has',
    caughtBy: 'law 7:',
    says: /is bound, and on no node/,
    breakIt: mapFacts((facts) => ({ ...facts, hosts: [] })),
  },
  {
    what: 'throws for a garbled node',
    caughtBy: 'law 8:',
    says: /no address: x/,
    breakIt: mapFacts((facts, { nodes }) => {
      if (nodes.some(({ addresses }) => addresses.includes('x'))) throw new Error('no address: x');
      return facts;
    }),
  },
  {
    what: 'gives nothing back',
    caughtBy: 'law 9:',
    says: /is left on a node|no steps left/,
    breakIt: mapSteps((step) => (step.action === 'unhost' ? [] : [step])),
  },
  {
    what: 'writes at rest',
    caughtBy: 'law 10:',
    says: /does not converge: after 60 plans there is still "poke", which writes ConfigMap poked/,
    breakIt: {
      render: (...all) => {
        const rendering = network.render(...all);
        return { ...rendering, steps: [...rendering.steps, poke] };
      },
    },
  },
  {
    what: 'throws when people ask',
    caughtBy: 'law 12: no EgressIPAM is ready',
    says: /nothing to explain/,
    breakIt: {
      explain: () => {
        throw new Error('nothing to explain');
      },
    },
  },
  {
    what: 'remembers its facts for ever',
    caughtBy: 'a planner that lives on',
    says: /the plan of a planner that lives on differs/,
    breakIt: {
      createFactsReader: () => {
        const reader = network.createFactsReader();
        let first: NetworkFacts | undefined;
        return { read: (view) => (first ??= reader.read(view)) };
      },
    },
  },
  {
    what: 'does nothing',
    caughtBy: 'where all is well',
    says: /carried by nothing: by the network's facts 10\.0\.0\.1 is not bound, and on no node/,
    breakIt: mapSteps(() => []),
  },
  {
    what: 'lets no node be used',
    caughtBy: 'where all is well',
    says: /the claim of ns0 waits: /,
    breakIt: mapFacts((facts) => ({ ...facts, nodeOf: (node) => ({ ...facts.nodeOf(node), usable: false }) })),
  },
  {
    what: 'gives steps the same id',
    caughtBy: 'a step has an id of its own',
    says: /two steps of a plan have the id "host"/,
    breakIt: mapSteps((step) => [{ ...step, id: step.action }]),
  },
  {
    what: 'waits for what is no step',
    caughtBy: 'a step has an id of its own',
    says: /waits for \{"kind":"step","id":"nonsense"\}, which is no step/,
    breakIt: mapSteps((step) => [{ ...step, after: [{ kind: 'step', id: 'nonsense' }] }]),
  },
  {
    what: 'keeps to itself what its steps do',
    caughtBy: 'a step has an id of its own',
    says: /10\.0\.\d\.\d+ is bound by step "host .*", whose effects do not say so: \{\}/,
    breakIt: mapSteps((step) => [{ ...step, effects: {} }]),
  },
  {
    what: 'writes another object than it says',
    caughtBy: 'a step has an id of its own',
    says: /is said to write ConfigMap ns\d, and writes ConfigMap elsewhere/,
    breakIt: { write: (step) => ({ ...network.write(step), name: 'elsewhere' }) },
  },
  {
    what: 'throws for an object of another shape',
    caughtBy: 'a kind reads any object',
    says: /reading ConfigMap throws for undefined/,
    breakIt: {
      kinds: network.kinds.map((kind) => ({
        ...kind,
        read: (object) => (JSON.parse((object as { text: string }).text), kind.read(object)),
      })),
    },
  },
];

// A smaller history would tell no more.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

describe('the laws', () => {
  it.each(broken)('catch a network that $what', ({ caughtBy, says, breakIt }) => {
    const backend: NetworkBackend = { ...network, ...breakIt };
    const laws = networkLaws({ backend, hostByHand, attaches: false });
    const law = laws.find(({ name, skipped }) => name.startsWith(caughtBy) && skipped === undefined);
    let said = 'nothing';
    try {
      law?.run(60);
    } catch (error) {
      const { message, cause } = error as Error;
      said = `${message}\n${String(cause)}`;
    }
    expect(said).toMatch(says);
  });
});
