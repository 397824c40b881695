import type { ObjectReference } from '../../finding/finding.ts';
import type { Plan } from '../../plan/plan-types.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import { beginning, placesByUs } from './cluster.ts';
import { converge, ensure, live, look } from './live.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** Nothing stands in the way: who claims is served. Else a back end that does nothing would break no law. */
export function servesWhoClaims(network: NetworkUnderTest): Check {
  return (_initial, history) => {
    const calm = beginning(network, { ...history, nodes: 4, limit: history.limit === undefined ? undefined : 4 });
    const { snapshot } = live(network, calm, [{ type: 'namespace-added', which: 0, input: undefined }]);
    const { result, snapshot: settled } = converge(network, snapshot);
    const [allocation] = result.allocations;
    ensure(
      allocation !== undefined,
      `the claim of ns0 waits: ${result.waiting[0]?.reason.message ?? 'nobody says why'}`,
    );
    const { hosts, bound } = look(network, settled);
    const { addresses = [], carried = false } = allocation ?? {};
    const state = addresses.map((address) => {
      const isBound = bound.get('ns0')?.includes(address) === true;
      return `${address} is ${isBound ? '' : 'not '}bound, and on ${hosts.get(address)?.join() ?? 'no node'}`;
    });
    // Some networks use one address of a namespace at a time.
    const isCarried = carried || addresses.some((address) => hosts.has(address) && bound.get('ns0')?.includes(address));
    ensure(isCarried, `ns0 is served, and carried by nothing: by the network's facts ${state.join('; ')}`);
  };
}

/** What core, the executor and people go by: ids, preconditions, objects and effects. */
export function stepsSayWhatTheyDo(network: NetworkUnderTest): Check {
  const { backend } = network;
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (_snapshot, { steps }) => {
        idsAreSound(steps);
        for (const step of steps) {
          if (step.kind !== 'network') continue;
          const write = backend.write(step);
          const [said, written] = [nameOf(step.object), nameOf({ kind: write.resource.kind, name: write.name })];
          ensure(said === written, `step "${step.id}" is said to write ${said}, and writes ${written}`);
        }
      },
      applied: (before, after, step) => {
        if (step.kind !== 'network') return;
        const done = changes(network, before, after);
        // Where the network places, what it hosts is its own doing.
        const ofHosts = placesByUs(network, after) ? (['hosted', 'unhosted'] as const) : [];
        for (const effect of ['bound', 'unbound', ...ofHosts] as const) {
          for (const address of done[effect])
            ensure(
              step.effects[effect]?.includes(address) === true,
              `${address} is ${effect} by step "${step.id}", whose effects do not say so: ${JSON.stringify(step.effects)}`,
            );
        }
      },
    });
  };
}

function idsAreSound(steps: Plan['steps']): void {
  const ids = new Set(steps.map(({ id }) => id));
  for (const [index, { id, after }] of steps.entries()) {
    ensure(steps.findIndex((other) => other.id === id) === index, `two steps of a plan have the id "${id}"`);
    for (const one of after)
      ensure(one.kind !== 'step' || ids.has(one.id), `step "${id}" waits for ${JSON.stringify(one)}, which is no step`);
  }
}

function nameOf({ kind, name }: ObjectReference): string {
  return `${kind} ${name}`;
}

/** What became of addresses, by the network's own facts. */
function changes(
  network: NetworkUnderTest,
  before: ClusterSnapshot,
  after: ClusterSnapshot,
): Readonly<Record<'hosted' | 'unhosted' | 'bound' | 'unbound', readonly string[]>> {
  const [was, is] = [look(network, before), look(network, after)];
  const all = (bound: ReadonlyMap<string, readonly string[]>): readonly string[] =>
    [...bound].flatMap(([namespace, addresses]) => addresses.map((address) => `${namespace}/${address}`));
  const [wasBound, isBound] = [all(was.bound), all(is.bound)];
  const addressIn = (text: string): string => text.slice(text.indexOf('/') + 1);
  return {
    hosted: [...is.hosts.keys()].filter((address) => !was.hosts.has(address)),
    unhosted: [...was.hosts.keys()].filter((address) => !is.hosts.has(address)),
    bound: isBound.filter((one) => !wasBound.includes(one)).map(addressIn),
    unbound: wasBound.filter((one) => !isBound.includes(one)).map(addressIn),
  };
}

/** What stands in the place of an object, or of a part of it. */
const shapes: readonly unknown[] = [undefined, null, 7, 'text', true, [], [null, 7, {}], {}, { name: 7 }];

/** Objects are anybody's: what is wrong in one is a problem of it, and leaves the others readable (law 8). */
export function readsAnything({ backend }: NetworkUnderTest): Check {
  const metadata = { name: 'a' };
  const spoilt = [
    ...shapes,
    ...shapes.map((shape) => ({ metadata: shape })),
    ...shapes.map((shape) => ({ metadata: { ...metadata, labels: shape, annotations: shape, managedFields: shape } })),
    ...shapes.map((shape) => ({ metadata, spec: shape, status: shape, data: shape })),
  ];
  return () => {
    for (const { resource, read } of backend.kinds) {
      for (const object of spoilt) {
        try {
          read(object);
        } catch (error) {
          ensure(false, `reading ${resource.kind} throws for ${JSON.stringify(object)}: ${String(error)}`);
        }
      }
    }
  };
}
