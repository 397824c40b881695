import type { Plan } from '../../plan/plan-types.ts';
import { plan } from '../../plan/planner.ts';
import { byName } from '../../snapshot/compare-names.ts';
import type { ClusterSnapshot, NetworkEntry } from '../../snapshot/snapshot.ts';
import { aNode } from '../builders.ts';
import { converge, ensure, live, look } from './live.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** Who restores a backup is told as the maker of all objects: only the namespaces' records say that they are ours. */
function restored(snapshot: ClusterSnapshot): ClusterSnapshot {
  const objects = Object.entries(snapshot.network.objects).map(([kind, entries]) => [
    kind,
    entries.map((entry): NetworkEntry & { readonly uid?: string } => {
      if (!('applied' in entry)) return entry;
      const made = { ...entry, applied: false, appliedAlone: undefined, appliedAt: undefined };
      return { ...made, uid: `uid of ${entry.name}` };
    }),
  ]);
  const egressIPAMs = snapshot.egressIPAMs.map(({ released: _released, ...rest }) => rest);
  return { ...snapshot, egressIPAMs, network: { ...snapshot.network, objects: Object.fromEntries(objects) } };
}

/** The cluster with one more node, which nothing selects and which has some addresses. */
function withNodeOf(network: NetworkUnderTest, snapshot: ClusterSnapshot, addresses: readonly string[]) {
  const node = { ...aNode('zz-late', 'elsewhere'), addresses };
  const nodes = [...snapshot.nodes, network.dressNode?.(node) ?? node].sort(byName);
  return (network.react ?? ((same) => same))({ ...snapshot, nodes });
}

/** The same interfaces, with nothing on them but the nodes' own addresses. */
function bare({ provider }: ClusterSnapshot): ClusterSnapshot['provider'] {
  const { observation, failures: _failures, doubted: _doubted, ...rest } = provider;
  if (observation === undefined) return rest;
  const nodes = observation.nodes.map((seen) => {
    const interfaces = 'error' in seen ? [] : seen.interfaces;
    const own = interfaces.map((one) => ({ ...one, addresses: one.addresses.filter(({ primary }) => primary) }));
    return { node: seen.node, limits: {}, interfaces: own };
  });
  const cidrs = observation.cidrs.map(({ cidr }) => ({ cidr, inUse: [], reserved: [] }));
  return { ...rest, observation: { nodes, cidrs } };
}

/** What is restored, and found to be as it was, is kept like anything else, whoever uses the same addresses later. */
export function law2Restored(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const lived = converge(network, live(network, initial, happenings).snapshot).snapshot;
    const { snapshot, result } = converge(network, restored(lived));
    const had = result.allocations.filter(({ carried }) => carried);
    const contested = withNodeOf(
      network,
      snapshot,
      had.flatMap(({ addresses }) => addresses),
    );
    const { allocations } = plan(contested, network.backend);
    for (const { namespace, addresses } of had) {
      const left = allocations.find((entry) => entry.namespace === namespace)?.addresses ?? [];
      for (const address of addresses) ensure(left.includes(address), `${namespace} loses ${address}`);
    }
  };
}

/** A backup that is restored into another cluster gets nothing that a node has there, and leaves nothing behind. */
export function law11Restored(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const lived = converge(network, live(network, initial, happenings).snapshot).snapshot;
    const { allocations } = plan(lived, network.backend);
    const taken = allocations.flatMap(({ addresses }) => addresses.slice(0, 1));
    const other = withNodeOf(network, { ...restored(lived), provider: bare(lived) }, taken);
    const { snapshot, result } = converge(network, other);
    for (const { namespace, addresses } of result.allocations)
      for (const address of addresses) ensure(!taken.includes(address), `${namespace} gets ${address} of a node`);
    const ours = [...look(network, snapshot).ours].filter((address) => taken.includes(address));
    ensure(ours.length === 0, `objects of ours still name ${ours.join()}`);
    const unproven = ({ findings }: Plan): readonly string[] =>
      findings.flatMap(({ code, object }) => (code === 'OwnershipUnproven' ? [`${object.kind} ${object.name}`] : []));
    // What is between two states when it is backed up may be on no record there.
    const strange = unproven(plan(other, network.backend));
    const left = unproven(result).filter((object) => !strange.includes(object));
    ensure(left.length === 0, `there is left behind: ${left.join()}`);
  };
}
