import fc from 'fast-check';
import type { Allocation } from '../../plan/plan-types.ts';
import { createPlanner, plan } from '../../plan/planner.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM } from '../builders.ts';
import { beginning, placesByCidr, placesByUs } from './cluster.ts';
import { histories, type Happening } from './happening.ts';
import { readsAnything, servesWhoClaims, stepsSayWhatTheyDo } from './contract-laws.ts';
import { law10, law9 } from './crash-laws.ts';
import { ensure, live, look, same } from './live.ts';
import { makeBeforeBreak } from './make-before-break.ts';
import { law12Counted, law12Faultless, law12Mistyped } from './mending-laws.ts';
import { law11, law11Overwritten, law11Unclaimed, law12 } from './proof-laws.ts';
import { law12Ready } from './readiness-laws.ts';
import { law11Restored, law2Restored } from './restore-laws.ts';
import type { Check, NetworkLaw, NetworkUnderTest } from './suite.ts';

/** The laws, for a network. */
export function networkLaws(network: NetworkUnderTest): readonly NetworkLaw[] {
  const { backend } = network;
  const traits = backend.traits(network.settings ?? {}, { isCloud: false, attaches: false });
  const law = (name: string, check: Check, skipped?: string): NetworkLaw => ({
    name,
    ...(skipped === undefined ? {} : { skipped }),
    run: (runs) =>
      fc.assert(
        fc.property(histories, (history) => check(beginning(network, history), history)),
        { numRuns: runs },
      ),
  });
  const withoutObjects = traits.provesAllocations ? undefined : 'the network has no objects';
  const tellsMakers = backend.kinds.some(({ verbs }) => verbs.includes('create'));
  const unrestored = tellsMakers ? withoutObjects : 'the network has no objects of ours that somebody could restore';
  const unhosted = traits.boundCarries ? withoutObjects : 'the network is asked for an address before a node has it';
  return [
    law(
      'law 1: no address is allocated twice, nor on two nodes, nor given out while someone else uses it',
      law1(network),
    ),
    law('law 2: an allocated address never changes unless its owner asks', law2(network)),
    law('law 3: two addresses of one namespace are never on one node', law3(network)),
    law('law 4: a new allocation has a node with room for each of its addresses', law4(network)),
    law(
      'law 5: what a person put on a node stays',
      law5(network),
      network.hostByHand === undefined ? 'nothing can be put on a node by hand' : undefined,
    ),
    law('law 6: nothing is allocated before everything is read', law6(network)),
    law('law 7: an address is bound only once a node has it, and unbound before it goes', law7(network), unhosted),
    law('law 8: a garbled namespace, EgressIPAM or node changes nothing for the others', law8(network)),
    law('law 9: a crash between any two steps loses nothing and leaks nothing', law9(network)),
    law('law 10: at rest nothing is written, and on the way each object few times', law10(network)),
    law('law 11: what a tenant writes as allocated gets what input gets', law11(network), withoutObjects),
    law(
      'law 11: what is written as allocated without a claim takes nothing from anybody',
      law11Unclaimed(network),
      withoutObjects,
    ),
    law(
      'law 11: what is written over a record takes nothing from who has it',
      law11Overwritten(network),
      withoutObjects,
    ),
    law('law 2: what was restored, and found to be as it was, stays', law2Restored(network), unrestored),
    law(
      'law 11: what is restored into another cluster gets nothing that a node has there',
      law11Restored(network),
      unrestored,
    ),
    law('law 12: nothing is said to be carried that is not', law12(network)),
    law(
      'law 12: every claim has addresses or waits, is counted so, and no audit calls that well',
      law12Counted(network),
    ),
    law(
      'law 12: no EgressIPAM is ready, and no exit code says well, while a claim is not carried',
      law12Ready(network),
    ),
    law('law 12: what an owner mistyped alarms nobody else', law12Mistyped(network)),
    law('law 12: who asks for what could be given is never told to mend what is away', law12Faultless(network)),
    law(
      'make before break: what is bound stays on a node that works until another may have it, and none is left to go',
      makeBeforeBreak(network),
    ),
    law('a planner that lives on gives what plan() gives', alike(network)),
    law('where all is well a claim is served, and its addresses carry traffic', servesWhoClaims(network)),
    law(
      'a step has an id of its own, waits for what comes, and says what it writes and does',
      stepsSayWhatTheyDo(network),
    ),
    law('a kind reads any object, and throws for none', readsAnything(network)),
  ];
}

/** Somebody uses the addresses that would be given out first. */
const usedByOthers: readonly Happening[] = [1, 2].map((address) => ({ type: 'hosted-by-hand', which: 0, address }));

/** Whatever has happened, a node fails in the end with all that is on it, and what may be done first is not. */
const nodeFailure: readonly Happening[] = [
  { type: 'steps', choices: new Array<number>(20).fill(0) },
  { type: 'node-flipped', which: 0 },
  { type: 'steps', choices: [1, 1, 1, 1, 1, 1] },
];

function law1(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, [...usedByOthers, ...happenings, ...nodeFailure], {
      planned: (snapshot, { allocations, steps }, { foreign }) => {
        const all = allocations.flatMap(({ addresses }) => addresses);
        ensure(new Set(all).size === all.length, `an address is allocated twice: ${all.join()}`);
        const fresh = steps.flatMap((step) =>
          step.kind === 'annotate' && typeof step.egressIPs === 'string' ? step.addresses : [],
        );
        for (const entry of foreign)
          ensure(!fresh.includes(entry.split('/')[1] ?? ''), `${entry} is foreign and given out`);
        const holder = new Map(
          [...look(network, snapshot).bound].flatMap(([name, list]) => list.map((address) => [address, name])),
        );
        for (const { namespace, addresses, source } of allocations.filter((entry) => entry.source !== 'kept')) {
          for (const address of addresses) {
            ensure(
              [undefined, namespace].includes(holder.get(address)),
              `${source} ${address} is bound to ${holder.get(address)}`,
            );
          }
        }
      },
      stepped: (before, after) => {
        const was = look(network, before).hosts;
        for (const [address, nodes] of look(network, after).hosts) {
          ensure(nodes.length <= Math.max(1, was.get(address)?.length ?? 0), `${address} is on ${nodes.join()}`);
        }
      },
    });
  };
}

/** What namespaces have for sure: by their record, and by something that only we write. */
function confirmed(network: NetworkUnderTest, snapshot: ClusterSnapshot): ReadonlyMap<string, readonly string[]> {
  const { bound } = look(network, snapshot);
  const isProof = !network.backend.traits(network.settings ?? {}, { isCloud: false, attaches: false })
    .provesAllocations;
  return new Map(
    snapshot.namespaces.map(({ name, allocated }) => {
      const record = allocated?.slice(allocated.indexOf('/') + 1).split(',') ?? [];
      return [name, record.filter((address) => isProof || bound.get(name)?.includes(address) === true)];
    }),
  );
}

/**
 * Whatever has happened, a node goes in the end with all that the network had on it: what proves an allocation outlives
 * it.
 */
const nodeLoss: readonly Happening[] = [
  { type: 'steps', choices: new Array<number>(20).fill(0) },
  { type: 'node-removed', which: 0 },
  { type: 'steps', choices: [0, 0, 0, 0, 0, 0] },
];

function law2(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const had = new Map<string, readonly string[]>();
    live(network, initial, [...happenings, ...nodeLoss], {
      planned: (snapshot, { allocations }, { asked }) => {
        for (const name of asked) had.delete(name);
        const now = new Map(allocations.map(({ namespace, addresses }) => [namespace, addresses]));
        for (const [namespace, addresses] of had) {
          for (const address of addresses) {
            ensure(now.get(namespace)?.includes(address) === true, `${namespace} loses ${address}`);
          }
        }
        const sure = confirmed(network, snapshot);
        for (const { name, allocated, egressIPAM, egressIPs } of snapshot.namespaces) {
          const record = allocated?.slice(allocated.indexOf('/') + 1);
          const isSettled =
            egressIPAM !== undefined && egressIPs === record && allocated?.startsWith(`${egressIPAM}/`) === true;
          if (!isSettled) had.delete(name);
          else {
            const fresh = (now.get(name) ?? []).filter((address) => sure.get(name)?.includes(address) === true);
            had.set(name, [...new Set([...(had.get(name) ?? []), ...fresh])]);
          }
        }
      },
    });
  };
}

function law3(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (_snapshot, { allocations }) => {
        for (const { namespace, nodes } of allocations) {
          const placed = nodes.filter((node) => node !== null);
          ensure(new Set(placed).size === placed.length, `${namespace} has two addresses on one of ${placed.join()}`);
        }
      },
    });
  };
}

function law4(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (snapshot, { allocations, egressIPAMs }) => {
        const isPlacedByUs = placesByUs(network, snapshot);
        for (const { namespace, nodes, source } of allocations.filter((entry) => entry.source !== 'kept')) {
          for (const name of nodes) {
            if (name === null) ensure(!isPlacedByUs, `${source} address of ${namespace} has no node`);
            const node = snapshot.nodes.find((entry) => entry.name === name);
            if (isPlacedByUs)
              ensure(node?.ready === true, `${source} address of ${namespace} is on ${name}, which is not ready`);
          }
          roomIsKept(snapshot, allocations, nodes);
        }
        ensure(
          egressIPAMs.every(({ carried, claims }) => carried <= claims),
          'more are carried than claim',
        );
      },
    });
  };
}

function roomIsKept(
  snapshot: ClusterSnapshot,
  allocations: readonly Allocation[],
  nodes: readonly (string | null)[],
): void {
  for (const name of nodes) {
    const observed = snapshot.provider.observation?.nodes.find(({ node }) => node === name);
    if (observed === undefined || 'error' in observed || name === null) continue;
    const count = allocations.flatMap((entry) => entry.nodes).filter((node) => node === name).length;
    ensure(count <= (observed.limits.ipv4 ?? Infinity) - 1, `${name} is to carry ${count} addresses`);
  }
}

function law5(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      stepped: (_before, after, { foreign }) => {
        const { hosts } = look(network, after);
        for (const entry of foreign) {
          const [node = '', address = ''] = entry.split('/');
          ensure(hosts.get(address)?.includes(node) === true, `${address}, put on ${node} by hand, is gone`);
        }
      },
    });
  };
}

function law6(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const { snapshot } = live(network, initial, happenings);
    const isNew = ({ source }: Allocation): boolean => source !== 'kept';
    const unsynced = plan({ ...snapshot, unsynced: ['Node'] }, network.backend);
    ensure(!unsynced.allocations.some(isNew), 'something is given out before everything is read');
    const { observation: _observation, ...provider } = snapshot.provider;
    const unseen = plan({ ...snapshot, provider: { ...provider, observationRequired: true } }, network.backend);
    ensure(!unseen.allocations.some(isNew), 'something is given out before the provider has told what is in use');
  };
}

function law7(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      stepped: (before, after) => {
        const [was, is] = [look(network, before), look(network, after)];
        const boundBefore = new Set([...was.bound.values()].flat());
        const moving = new Map(
          plan(after, network.backend).allocations.flatMap(({ addresses, nodes }) =>
            addresses.map((address, index) => [address, nodes[index] ?? null]),
          ),
        );
        for (const address of [...is.bound.values()].flat()) {
          if (!boundBefore.has(address))
            ensure(is.hosts.has(address) || placesByCidr(network, after), `${address} is bound, and on no node`);
          const isMoving = moving.get(address) !== undefined && moving.get(address) !== null;
          if (was.hosts.has(address) && !isMoving)
            ensure(is.hosts.has(address), `${address} left its node, and is bound`);
        }
      },
    });
  };
}

function law8(network: NetworkUnderTest): Check {
  const bad = aNamespace('zz-bad', 99, { egressIPs: '1.2.3,10.0.0.1/33,,', allocated: '////', createdAt: 'never' });
  const garbage = Object.fromEntries(network.backend.nodeAnnotations.map((key) => [key, '{']));
  const badNode = aNode('zz-bad', 'q', { addresses: ['x'], annotations: garbage });
  const badPool = anEgressIPAM(['10.0.0.0/99=a', 'nonsense=a', '127.0.0.0/8=a'], {
    name: 'zz-bad',
    createdAt: 'never',
    coolDown: 'soon',
    nodeSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] },
  });
  return (initial, { happenings }) => {
    const { snapshot } = live(network, initial, happenings);
    const worse = {
      ...snapshot,
      namespaces: [...snapshot.namespaces, bad],
      nodes: [...snapshot.nodes, badNode],
      egressIPAMs: [...snapshot.egressIPAMs, badPool],
    };
    const [good, mixed] = [plan(snapshot, network.backend), plan(worse, network.backend)];
    same(
      mixed.allocations.filter(({ namespace }) => namespace !== 'zz-bad'),
      good.allocations,
      'allocations',
    );
    same(
      mixed.steps.filter(({ id }) => !id.includes('zz-bad')),
      good.steps,
      'steps',
    );
  };
}

function alike(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (snapshot, result) => {
        const afresh = createPlanner(network.backend).plan(JSON.parse(JSON.stringify(snapshot)) as ClusterSnapshot);
        same(result, afresh, 'the plan of a planner that lives on');
      },
    });
  };
}
