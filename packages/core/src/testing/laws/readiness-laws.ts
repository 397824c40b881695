import { isAllWell } from '../../check/all-well.ts';
import { check, isSound } from '../../check/check.ts';
import { concernsByEgressIPAM, isReady } from '../../check/concerns.ts';
import { explain, type Subject } from '../../explain/explain.ts';
import { isExplainedWell } from '../../explain/is-explained-well.ts';
import type { Allocation, Plan } from '../../plan/plan-types.ts';
import { plan } from '../../plan/planner.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import { ensure, live, look } from './live.ts';
import { withoutMeans } from './mending-laws.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** Finds the addresses of an allocation that carry no traffic, by what the network's objects and the nodes show. */
export function idleAddresses(
  network: NetworkUnderTest,
  snapshot: ClusterSnapshot,
): (allocation: Allocation) => readonly string[] {
  const traits = network.backend.traits(network.settings ?? {}, { isCloud: false, attaches: false });
  const isShown = traits.provesAllocations;
  const { hosts, bound } = look(network, snapshot);
  const ready = new Set(snapshot.nodes.flatMap((node) => (node.ready ? [node.name] : [])));
  return ({ namespace, addresses, nodes }) =>
    addresses.filter((address, index) => {
      const carriers = isShown ? (hosts.get(address) ?? []) : [nodes[index] ?? ''];
      const isBound = !isShown || bound.get(namespace)?.includes(address) === true;
      return !isBound || !carriers.some((node) => ready.has(node));
    });
}

/** `Ready`, FREE and exit codes say well only where every claim's addresses carry traffic, and nobody waits. */
export function law12Ready(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const { snapshot } = live(network, initial, happenings, {
      planned: (seen, result) => nothingIsCalledWell(network, seen, result, ''),
    });
    for (const [when, worse] of Object.entries(withoutMeans(snapshot)))
      nothingIsCalledWell(network, worse, plan(worse, network.backend), ` ${when}`);
  };
}

function nothingIsCalledWell(network: NetworkUnderTest, snapshot: ClusterSnapshot, result: Plan, when: string): void {
  const { allocations, waiting, egressIPAMs } = result;
  const idleOf = idleAddresses(network, snapshot);
  const has = new Map(allocations.map((allocation) => [allocation.namespace, allocation]));
  const waits = new Map(waiting.map((claim) => [claim.namespace, claim.mender]));
  const concerns = concernsByEgressIPAM(result);
  const carriesNot = (namespace: string): boolean => {
    const allocation = has.get(namespace);
    return allocation !== undefined && idleOf(allocation).length > 0;
  };
  const waitsForCluster = (namespace: string): boolean =>
    waits.has(namespace) ? waits.get(namespace) === 'cluster' : !has.has(namespace);
  for (const { name, cidrs } of egressIPAMs.filter(({ deleting }) => !deleting)) {
    const claiming = snapshot.namespaces.filter(({ egressIPAM }) => egressIPAM === name).map((entry) => entry.name);
    const alarming = claiming.filter((namespace) => carriesNot(namespace) || waitsForCluster(namespace));
    const unwell = claiming.filter((namespace) => alarming.includes(namespace) || waits.has(namespace));
    ensure(
      alarming.length === 0 || !isReady(concerns(name)),
      `${name} is called ready beside ${alarming.join()}${when}`,
    );
    if (unwell.length > 0) {
      ensure(!isAllWell(result), `plan exits as if all were well beside ${unwell.join()}${when}`);
      const report = check(snapshot, network.backend, result);
      ensure(!isSound(report), `check exits as if all were well beside ${unwell.join()}${when}`);
    }
    for (const subject of unwellSubjects(result, unwell, alarming.length > 0 ? name : undefined))
      ensure(
        !isExplainedWell(result, explain(snapshot, result, subject, network.backend)),
        `explain exits as if all were well with ${subject.kind} ${subject.name}${when}`,
      );
    for (const { cidr, nodes, free } of cidrs)
      ensure(nodes.length > 0 || free === '0', `${free} of ${cidr} are called free, which no node may have${when}`);
  }
}

/** Namespaces that are not well, their addresses, the nodes that should carry these, and the EgressIPAM. */
function unwellSubjects(
  { allocations }: Plan,
  namespaces: readonly string[],
  egressIPAM: string | undefined,
): readonly Subject[] {
  const named = (kind: Subject['kind'], names: readonly string[]): readonly Subject[] =>
    names.map((name) => ({ kind, name }));
  const theirs = allocations.filter(({ namespace, carried }) => !carried && namespaces.includes(namespace));
  return [
    ...named('namespace', namespaces),
    ...named('egressipam', egressIPAM === undefined ? [] : [egressIPAM]),
    ...theirs.flatMap(({ addresses, nodes }) => [
      ...named('address', addresses),
      ...named(
        'node',
        [...new Set(nodes)].filter((node) => node !== null),
      ),
    ]),
  ];
}
