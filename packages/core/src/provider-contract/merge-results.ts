import { parseAddress } from '../address/address.ts';
import { cidrContains, parseCidr } from '../address/cidr.ts';
import type { ProviderChangeResult } from './contract.ts';
import type { CidrObservation, NodeObservation, ProviderObservation } from './observation.ts';

/**
 * The facts after changes that are done: what a new look would show, without the
 * look. Failed changes change nothing here; what became of them only a look tells.
 */
export function mergeResults(
  observation: ProviderObservation,
  results: readonly ProviderChangeResult[],
): ProviderObservation {
  const done = results.filter(({ outcome }) => outcome === 'done').map(({ change }) => change);
  if (done.length === 0) return observation;
  const arriving = new Map<string, string[]>();
  const leaving = new Map<string, Set<string>>();
  for (const change of done) {
    if (change.type !== 'detach')
      arriving.set(change.node.name, [...(arriving.get(change.node.name) ?? []), change.address]);
    const from = change.type === 'move' ? change.from.name : change.type === 'detach' ? change.node.name : undefined;
    if (from !== undefined) leaving.set(from, (leaving.get(from) ?? new Set()).add(change.address));
  }
  const nodes = observation.nodes.map((node) =>
    mergeNode(node, arriving.get(node.node) ?? [], leaving.get(node.node) ?? new Set()),
  );
  const carried = carriedAddresses(nodes);
  const attached = new Set([...arriving.values()].flat());
  // Only what a node was seen to carry stops being in use: detaching what was absent frees nobody else's address.
  const freed = new Set(
    [...carriedAddresses(observation.nodes)].filter((address) => !carried.has(address) && !attached.has(address)),
  );
  return { nodes, cidrs: observation.cidrs.map((cidr) => mergeCidr(cidr, attached, freed)) };
}

function carriedAddresses(nodes: readonly NodeObservation[]): ReadonlySet<string> {
  return new Set(
    nodes.flatMap((node) =>
      'error' in node ? [] : node.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ),
  );
}

function mergeNode(node: NodeObservation, arriving: readonly string[], leaving: ReadonlySet<string>): NodeObservation {
  if ('error' in node || (arriving.length === 0 && leaving.size === 0)) return node;
  return {
    ...node,
    interfaces: node.interfaces.map((networkInterface) => {
      if (!networkInterface.main) return networkInterface;
      const kept = networkInterface.addresses.filter(
        ({ address, primary, incomplete }) =>
          primary || !(leaving.has(address) || (incomplete === true && arriving.includes(address))),
      );
      const fresh = arriving.filter((address) => !kept.some((entry) => entry.address === address));
      return { ...networkInterface, addresses: [...kept, ...fresh.map((address) => ({ address, primary: false }))] };
    }),
  };
}

function mergeCidr(
  observed: CidrObservation,
  attached: ReadonlySet<string>,
  freed: ReadonlySet<string>,
): CidrObservation {
  if ('error' in observed) return observed;
  const cidr = parseCidr(observed.cidr)?.cidr;
  const known = new Set(observed.inUse.map(({ address }) => address));
  const fresh = [...attached].filter((text) => {
    const address = parseAddress(text);
    return !known.has(text) && cidr !== undefined && address !== undefined && cidrContains(cidr, address);
  });
  return {
    ...observed,
    inUse: [
      ...observed.inUse.filter(({ address }) => !freed.has(address)),
      ...fresh.map((address) => ({ address, usedBy: 'a node of this cluster' })),
    ],
  };
}
