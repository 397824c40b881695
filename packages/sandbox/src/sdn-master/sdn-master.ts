import { isAlreadyExists, isNotFound, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { readOvnNode } from '../ovn-kubernetes/ovn-node.ts';
import { ClusterLoop, type StandIn } from '../stand-in/cluster-loop.ts';
import { ignore } from '../stand-in/ignore.ts';
import { internalAddresses, isNodeReady } from '../stand-in/node.ts';
import { hostSubnets, namespaces, netNamespaces, nodes } from '../stand-in/resources.ts';
import { isVersion6 } from '../stand-in/addresses.ts';
import { reallocateEgressIps, type SdnNode } from './reallocate.ts';
import { readHostSubnet, readNetNamespace } from './sdn-objects.ts';

/** How to run the stand-in of OpenShift SDN's master. */
export interface SdnMasterOptions {
  readonly rest: RestClient;
  /** Milliseconds between a node or namespace and its HostSubnet or NetNamespace. Default 0. */
  readonly creationDelay?: number;
  /** Milliseconds by which changes are gathered before addresses are placed anew; 1,000 in the real one. Default 10. */
  readonly delay?: number;
  readonly onError?: (error: unknown) => void;
}

type Kind = 'nodes' | 'namespaces' | 'hostSubnets' | 'netNamespaces';

/** Starts the stand-in; resolves when it has seen the cluster. Needs the two OpenShift CRDs. */
export async function startSdnMaster(options: SdnMasterOptions): Promise<StandIn> {
  const master = new SdnMaster(options.creationDelay ?? 0);
  const loop = new ClusterLoop<Kind>({
    rest: options.rest,
    resources: { nodes, namespaces, hostSubnets, netNamespaces },
    pass: (running) => master.pass(running),
    ...(options.delay !== undefined && { delay: options.delay }),
    ...(options.onError && { onError: options.onError }),
  });
  await loop.start();
  return loop;
}

class SdnMaster {
  readonly #creationDelay: number;
  readonly #firstSeen = new Map<string, number>();

  constructor(creationDelay: number) {
    this.#creationDelay = creationDelay;
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    const subnets = new Set(loop.list('hostSubnets').map(({ subnet }) => subnet));
    await this.#mirror(loop, 'nodes', 'hostSubnets', (node) => {
      const hostIP = internalAddresses(node).find((address) => !isVersion6(address));
      return hostIP === undefined
        ? undefined
        : {
            host: node.metadata.name,
            hostIP,
            subnet: takeFree(subnets, (index) => `10.${128 + (index >> 8)}.${index & 255}.0/24`),
          };
    });
    const ids = new Set(loop.list('netNamespaces').map(({ netid }) => netid));
    await this.#mirror(loop, 'namespaces', 'netNamespaces', ({ metadata: { name } }) => ({
      netname: name,
      // The global network's number is that of the namespace default alone.
      netid: name === 'default' ? 0 : takeFree(ids, (index) => index + 1),
    }));
    await renumber(loop);
    await reallocate(loop);
  }

  /** One object for each of another kind, made when that appears and deleted when it is gone. */
  async #mirror(
    loop: ClusterLoop<Kind>,
    from: Kind,
    to: Kind,
    make: (source: KubernetesObject) => Readonly<Record<string, unknown>> | undefined,
  ): Promise<void> {
    const sources = new Map(loop.list(from).map((source) => [source.metadata.name, source]));
    const present = new Set(loop.list(to).map(({ metadata }) => metadata.name));
    for (const name of present)
      if (!sources.has(name)) await loop.client(to).delete({ name }).catch(ignore(isNotFound));
    for (const [name, source] of sources) {
      if (present.has(name) || source.metadata.deletionTimestamp !== undefined || !this.#isDue(loop, source)) continue;
      const fields = make(source);
      if (fields)
        await loop
          .written(to, loop.client(to).create({ metadata: { name }, ...fields }))
          .catch(ignore(isAlreadyExists));
    }
  }

  #isDue(loop: ClusterLoop<Kind>, { metadata: { uid = '' } }: KubernetesObject): boolean {
    const now = performance.now();
    const firstSeen = this.#firstSeen.get(uid) ?? now;
    this.#firstSeen.set(uid, firstSeen);
    const due = firstSeen + this.#creationDelay;
    if (now >= due) return true;
    setTimeout(() => loop.trigger(), due - now).unref();
    return false;
  }
}

/** A node with a new address gets it into its HostSubnet. */
async function renumber(loop: ClusterLoop<Kind>): Promise<void> {
  const addresses = new Map(
    loop
      .list('nodes')
      .map((node) => [node.metadata.name, internalAddresses(node).find((address) => !isVersion6(address))]),
  );
  for (const {
    metadata: { name },
    hostIP,
  } of loop.list('hostSubnets')) {
    const address = addresses.get(name);
    if (address !== undefined && address !== hostIP) await patch(loop, name, { hostIP: address });
  }
}

/** Writes the egress IPs of the HostSubnets that have egressCIDRs; the others are a person's or an operator's. */
async function reallocate(loop: ClusterLoop<Kind>): Promise<void> {
  const byName = new Map(loop.list('nodes').map((node) => [node.metadata.name, node]));
  const sdnNodes = loop.list('hostSubnets').map((object): SdnNode => {
    const hostSubnet = readHostSubnet(object);
    const node = byName.get(hostSubnet.name);
    const { all, ipv4 } = node ? readOvnNode(node, true).capacity : {};
    const capacity = all ?? ipv4;
    return {
      ...hostSubnet,
      online: node !== undefined && isNodeReady(node),
      ...(capacity !== undefined && { capacity }),
    };
  });
  if (sdnNodes.every(({ egressCIDRs }) => egressCIDRs.length === 0)) return;
  const result = reallocateEgressIps(sdnNodes, loop.list('netNamespaces').map(readNetNamespace));
  // What leaves a node is written before it enters another.
  const changed = sdnNodes.filter(({ name, egressIPs }) => !isSameSet(egressIPs, result.get(name) ?? egressIPs));
  for (const { name, egressIPs } of changed) {
    const left = egressIPs.filter((address) => result.get(name)?.includes(address));
    if (left.length < egressIPs.length) await patch(loop, name, { egressIPs: left });
  }
  for (const { name, egressIPs } of changed) {
    const final = result.get(name) ?? [];
    if (final.some((address) => !egressIPs.includes(address))) await patch(loop, name, { egressIPs: final });
  }
}

async function patch(loop: ClusterLoop<Kind>, name: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
  await loop.written('hostSubnets', loop.client('hostSubnets').mergePatch({ name }, fields)).catch(ignore(isNotFound));
}

function takeFree<Value>(used: Set<unknown>, value: (index: number) => Value): Value {
  for (let index = 0; ; index++) {
    const candidate = value(index);
    if (used.has(candidate)) continue;
    used.add(candidate);
    return candidate;
  }
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item));
}
