import { createPlanner, readObjects, type NetworkBackend } from '@egressip-ipam/core';
import { createMutator, type Mutator } from '@egressip-ipam/kube/testing';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { builtInNetworks } from '../../src/built-in/networks.ts';
import { describeProvider } from '../../src/provider/load-provider.ts';
import { agentObjects, objectsOf } from './objects.ts';

/** Objects that are tried on each network; a quarter of a million in nightly runs. */
const rounds = Number(process.env['OBJECT_ROUNDS'] ?? 5_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const time = '2026-02-01T00:00:00Z';
/** Growth that is none: what the engine itself keeps of code that gets warm. */
const slack = 24 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

type Spoilt = { readonly metadata?: { readonly name?: unknown; readonly annotations?: Record<string, unknown> } };

/** Another object in which something is missing, of another type, or written otherwise in one annotation. */
function spoil(mutator: Mutator, object: object): unknown {
  const annotations = (object as Spoilt).metadata?.annotations ?? {};
  const keys = Object.keys(annotations);
  const key = keys[mutator.below(keys.length)];
  if (key === undefined || mutator.below(2) === 0) return mutator.value(object);
  const text = mutator.text(String(annotations[key]));
  return { ...object, metadata: { ...(object as Spoilt).metadata, annotations: { ...annotations, [key]: text } } };
}

const nameOf = (object: unknown): unknown => (object as Spoilt | null | undefined)?.metadata?.name;

/** Names of everything that a snapshot has, by kind. */
function sizesOf({ snapshot }: ReturnType<typeof readObjects>): number {
  const entries = Object.values(snapshot.network.objects).reduce((sum, list) => sum + list.length, 0);
  return snapshot.egressIPAMs.length + snapshot.namespaces.length + snapshot.nodes.length + entries;
}

const networks = Object.keys(builtInNetworks).map((network) => ({ name: network, network, hasAgents: false }));
const withAgents = ['cilium', 'antrea'].map((network) => ({
  name: `${network} with agents`,
  network,
  hasAgents: true,
}));

describe.each([...networks, ...withAgents])(
  'objects of $name with anything in the place of anything',
  ({ network, hasAgents }) => {
    it('are read and planned without a throw or growth, and what is not understood is said', async () => {
      const { network: backend } = (await builtInNetworks[network]?.()) as { readonly network: NetworkBackend };
      const objects = [...(objectsOf[network] ?? []), ...(hasAgents ? agentObjects : [])];
      const options = hasAgents
        ? { provider: await describeProvider('agent'), operatorNamespace: 'egressip-ipam-operator' }
        : {};
      const whole = readObjects(objects, backend, options);
      expect(whole.problems).toEqual([]);
      const planner = createPlanner(backend);
      expect(planner.plan({ ...whole.snapshot, time }).allocations).toHaveLength(3);
      const mutator = createMutator(seed);
      let early = 0;
      for (let round = 0; round < rounds; round += 1) {
        if (round === Math.floor(rounds / 4)) early = heap();
        const at = mutator.below(objects.length);
        const spoilt = spoil(mutator, objects[at] as object);
        const read = readObjects(
          objects.map((object, index) => (index === at ? spoilt : object)),
          backend,
          options,
        );
        const plan = planner.plan({ ...read.snapshot, time });
        const isKnown =
          (spoilt as { readonly kind?: unknown } | null)?.kind === (objects[at] as { readonly kind: string }).kind;
        const told = [...read.problems, ...plan.findings];
        const served = new Set(plan.allocations.map(({ namespace }) => namespace));
        const isTenantOther = nameOf(objects[at]) === 'crm' || nameOf(objects[at]) === 'web';
        // Asserted by hand: a million calls of expect cost more than all plans.
        const fault =
          isKnown && sizesOf(read) < sizesOf(whole) && read.problems.length === 0
            ? 'it vanished in silence'
            : told.some(({ message, object }) => message.length > 2_000 || object.name.length > 300)
              ? 'a finding has no end'
              : isTenantOther && !served.has('billing')
                ? 'law 8: another namespace lost its address'
                : undefined;
        if (fault !== undefined) expect.fail(`round ${round}: ${fault}, by ${JSON.stringify(spoilt)?.slice(0, 2_000)}`);
      }
      expect(heap() - early).toBeLessThan(slack);
    }, 3_600_000);
  },
);
