import { parseAddress } from '../../address/address.ts';
import { cidrContains, parseCidr } from '../../address/cidr.ts';
import type { Plan } from '../../plan/plan-types.ts';
import { plan } from '../../plan/planner.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import type { Happening } from './happening.ts';
import { converge, ensure, live, look, type Watcher } from './live.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** Whatever has happened, these nodes are to go in the end, one after the other. */
function farewells(type: 'node-relabelled' | 'node-leaving', nodes: readonly number[]): readonly Happening[] {
  const steps: Happening = { type: 'steps', choices: new Array<number>(12).fill(0) };
  return nodes.flatMap((which) => [steps, { type, which }, steps]);
}

/**
 * What is bound stays on a node that works until another may have it; and where others can, no node that is to go keeps
 * any.
 */
export function makeBeforeBreak(network: NetworkUnderTest): Check {
  const stays = (before: ClusterSnapshot, after: ClusterSnapshot): void => {
    const [was, is] = [look(network, before), look(network, after)];
    for (const { namespace, addresses, nodes } of plan(after, network.backend).allocations) {
      for (const [index, address] of addresses.entries()) {
        const node = was.hosts.get(address)?.find((name) => isReady(after, name));
        if (node === undefined || is.bound.get(namespace)?.includes(address) !== true) continue;
        const isMoving = nodes[index] !== null && nodes[index] !== node;
        const isThere = is.hosts.get(address)?.some((name) => isReady(after, name)) === true;
        ensure(isThere || isMoving, `${address} of ${namespace} is taken off ${node}, and no other node has it`);
      }
    }
  };
  const watcher: Watcher = {
    stepped: stays,
    happened: (before, after, { type }) => {
      if (type === 'node-relabelled' || type === 'node-cordoned' || type === 'node-leaving') stays(before, after);
    },
  };
  return (initial, { nodes, happenings }) => {
    const way = happenings.length % 2 === 0 ? 'node-relabelled' : 'node-leaving';
    const [last = 0, ...others] = Array.from({ length: nodes }, (_, index) => index).reverse();
    const { snapshot } = live(network, initial, [...happenings, ...farewells(way, others)], watcher);
    const { snapshot: settled, result } = converge(network, snapshot);
    isEmptied(network, settled, result);
    live(network, settled, farewells(way, [last]), watcher);
  };
}

function isEmptied(
  { backend, settings = {}, pinsBy = 'cidr' }: NetworkUnderTest,
  snapshot: ClusterSnapshot,
  { allocations, egressIPAMs }: Plan,
): void {
  if (snapshot.provider.attach) return;
  const { pinsNodes } = backend.traits(settings, { isCloud: false, attaches: false });
  const all = egressIPAMs.flatMap(({ cidrs }) => cidrs.flatMap(({ nodes }) => nodes));
  for (const { egressIPAM, addresses, nodes } of allocations) {
    const cidrs = egressIPAMs.find(({ name }) => name === egressIPAM)?.cidrs ?? [];
    for (const [index, address] of addresses.entries()) {
      const name = nodes[index] ?? '';
      const selected = cidrs.find(({ cidr }) => isIn(cidr, address))?.nodes ?? [];
      // Of the others of its namespace each is on one node at most.
      const isFree = selected.filter((other) => isTaking(snapshot, other)).length >= addresses.length;
      if (!isFree || !isReady(snapshot, name)) continue;
      const isToGo = snapshot.nodes.some((node) => node.name === name && node.taints !== undefined);
      // Where nodes cannot be told apart, an address may be on those of another CIDR, or of another EgressIPAM.
      const own = pinsBy === 'cidr' ? selected : cidrs.flatMap((other) => other.nodes);
      ensure((pinsNodes ? own : all).includes(name) && !isToGo, `${address} is left on ${name}, which is to have none`);
    }
  }
}

function isReady({ nodes }: ClusterSnapshot, name: string): boolean {
  return nodes.some((node) => node.name === name && node.ready);
}

function isTaking({ nodes }: ClusterSnapshot, name: string): boolean {
  const node = nodes.find((entry) => entry.name === name);
  return node?.ready === true && node.unschedulable !== true && node.taints === undefined;
}

function isIn(cidr: string, address: string): boolean {
  const [range, parsed] = [parseCidr(cidr)?.cidr, parseAddress(address)];
  return range !== undefined && parsed !== undefined && cidrContains(range, parsed);
}
