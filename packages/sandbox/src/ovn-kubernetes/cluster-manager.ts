import { isDeepStrictEqual } from 'node:util';
import { isNotFound, type JsonPatchOperation, type RestClient } from '@egressip-ipam/kube';
import { canonicalAddress } from '../stand-in/addresses.ts';
import { ClusterLoop, type StandIn } from '../stand-in/cluster-loop.ts';
import { cloudPrivateIpConfigs, egressIps, nodes } from '../stand-in/resources.ts';
import {
  assignEgressIps,
  parseEgressIpSpec,
  validItems,
  type Allocation,
  type EgressIpEvent,
  type EgressIpItem,
} from './allocator.ts';
import { CloudAddresses } from './cloud-addresses.ts';
import { readEgressIp, type EgressIp } from './egress-ip.ts';
import { writeEgressIpEvent } from './egress-ip-event.ts';
import { MarkPool, markAnnotation } from './mark.ts';
import { readOvnNode, type OvnNode } from './ovn-node.ts';

/** How to run the stand-in of OVN-Kubernetes' cluster manager. */
export interface OvnClusterManagerOptions {
  readonly rest: RestClient;
  /** Attach through CloudPrivateIPConfigs, as on AWS, Azure, GCP and OpenStack. Needs that CRD. Default false. */
  readonly cloud?: boolean;
  /** Breaks ties between nodes; pass a seeded one for the same choices each time. Default `Math.random`. */
  readonly random?: () => number;
  /** Names of nodes that cannot be reached, asked at every pass. None by default. */
  readonly unreachable?: () => ReadonlySet<string>;
  /** One node without host-cidrs stops all assignment, as in releases before the fix of OVN-Kubernetes' issue 6729. */
  readonly requireHostCidrs?: boolean;
  /** Milliseconds by which changes are gathered. Default 10. */
  readonly delay?: number;
  readonly onError?: (error: unknown) => void;
}

type Kind = 'egressIps' | 'nodes' | 'cloudPrivateIpConfigs';

/** Starts the stand-in; resolves when it has seen the cluster. */
export async function startOvnClusterManager(options: OvnClusterManagerOptions): Promise<StandIn> {
  const manager = new ClusterManager(options);
  const loop = new ClusterLoop<Kind>({
    rest: options.rest,
    resources: { egressIps, nodes, ...(options.cloud && { cloudPrivateIpConfigs }) },
    pass: (running) => manager.pass(running),
    ...(options.delay !== undefined && { delay: options.delay }),
    ...(options.onError && { onError: options.onError }),
  });
  await loop.start();
  return loop;
}

/** The cluster as one pass sees it; the allocations follow what the pass decides. */
interface Pass {
  readonly loop: ClusterLoop<Kind>;
  readonly nodes: readonly OvnNode[];
  readonly allocations: Map<string, Allocation>;
  readonly marks: MarkPool;
  readonly cloud: CloudAddresses<Kind> | undefined;
  /** Only a start gives a mark to what nothing was assigned to. */
  readonly isFirst: boolean;
  /** Changes whenever something does that makes missing addresses worth another try. */
  readonly cause: number;
}

class ClusterManager {
  readonly #options: OvnClusterManagerOptions;
  // For which spec and cause an object's missing addresses were last tried: nothing is tried again without a cause.
  readonly #tried = new Map<string, string>();
  readonly #toldOfCloud = new Map<string, string>();
  #cause = { key: '', number: 0 };
  #hasStarted = false;

  constructor(options: OvnClusterManagerOptions) {
    this.#options = options;
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    const cloud = this.#options.cloud ? new CloudAddresses(loop, 'cloudPrivateIpConfigs') : undefined;
    const unreachable = this.#options.unreachable?.() ?? new Set();
    const nodes = loop.list('nodes').map((object) => {
      const node = readOvnNode(object, cloud !== undefined);
      return { ...node, eligible: node.eligible && !unreachable.has(node.name) };
    });
    const objects = loop.list('egressIps').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const egressIps = objects.map(readEgressIp);
    const names = new Set(egressIps.map(({ name }) => name));
    for (const memory of [this.#tried, this.#toldOfCloud])
      for (const name of memory.keys()) if (!names.has(name)) memory.delete(name);

    const key = JSON.stringify([nodes, cloud?.leaving()]);
    if (key !== this.#cause.key) this.#cause = { key, number: this.#cause.number + 1 };
    const allocations = cloud ? cloud.allocations() : allocationsOf(egressIps, nodes);
    const pass = {
      loop,
      nodes,
      allocations,
      marks: new MarkPool(objects),
      cloud,
      isFirst: !this.#hasStarted,
      cause: this.#cause.number,
    };
    this.#hasStarted = true;
    await cloud?.removeOrphans(names);
    for (const egressIp of egressIps) await this.#reconcile(pass, egressIp);
  }

  async #reconcile(pass: Pass, egressIp: EgressIp): Promise<void> {
    const { nodes, allocations, cloud } = pass;
    const { name } = egressIp;
    const attempt = JSON.stringify([egressIp.addresses, pass.cause]);
    const isNew = this.#tried.get(name) !== attempt;
    this.#tried.set(name, attempt);
    const spec = parseEgressIpSpec(egressIp.addresses);
    if ('event' in spec) return isNew ? this.#tell(name, [spec.event]) : undefined;

    const held = cloud ? cloud.itemsOf(name) : egressIp.items;
    const kept = validItems(name, held, nodes, allocations).filter(({ egressIP }) =>
      spec.addresses.includes(canonical(egressIP)),
    );
    for (const { egressIP } of held)
      if (allocations.get(canonical(egressIP))?.owner === name) allocations.delete(canonical(egressIP));
    for (const item of kept) allocations.set(canonical(item.egressIP), { node: item.node, owner: name });

    // Removals come first; what is new besides has to wait until the status shows them.
    const removed = new Set(
      held.map(({ egressIP }) => canonical(egressIP)).filter((address) => allocations.get(address)?.owner !== name),
    );
    const allowed =
      removed.size === 0
        ? spec.addresses
        : spec.addresses.filter((address) => removed.has(address) || allocations.get(address)?.owner === name);
    if (allowed.length < spec.addresses.length) this.#tried.delete(name);
    const isMissing = kept.length < allowed.length && (isNew || removed.size > 0);
    const wanted = isMissing ? await this.#assign(pass, name, allowed, kept) : kept;
    // An address leaves the status, and so the network, before it leaves the cloud.
    await this.#patch(pass, egressIp, cloud ? cloud.servedOf(name, wanted) : wanted);
    if (cloud)
      await this.#tellOfCloud(name, await cloud.request(name, wanted, new Set(nodes.map((node) => node.name))));
  }

  async #assign(
    { nodes, allocations, cloud }: Pass,
    owner: string,
    addresses: readonly string[],
    kept: readonly EgressIpItem[],
  ): Promise<readonly EgressIpItem[]> {
    const { random = Math.random, requireHostCidrs = false } = this.#options;
    const keptAddresses = new Set(kept.map(({ egressIP }) => canonical(egressIP)));
    const missing = addresses.filter((address) => !keptAddresses.has(address));
    const { items, events } = assignEgressIps({
      owner,
      addresses: missing,
      nodes,
      allocations,
      cloud: cloud !== undefined,
      random,
      requireHostCidrs,
    });
    for (const { node, egressIP } of items) allocations.set(egressIP, { node, owner });
    await this.#tell(owner, events);
    return [...kept, ...items];
  }

  /** The patch of OVN-Kubernetes' `generateEgressIPPatches`: the mark's replaces the whole map of annotations. */
  async #patch(
    { loop, marks, isFirst }: Pass,
    { name, object, items }: EgressIp,
    wanted: readonly EgressIpItem[],
  ): Promise<void> {
    const patch: JsonPatchOperation[] = [];
    const isChanged = !isDeepStrictEqual(items, wanted);
    if (!isChanged && !isFirst) return;
    const mark = object.metadata.annotations?.[markAnnotation] === undefined ? marks.take() : undefined;
    if (mark !== undefined) patch.push({ op: 'add', path: '/metadata/annotations', value: { [markAnnotation]: mark } });
    if (isChanged) patch.push({ op: 'replace', path: '/status', value: { items: wanted } });
    if (patch.length === 0) return;
    await loop.written('egressIps', loop.client('egressIps').jsonPatch({ name }, patch)).catch((error: unknown) => {
      // Deleted meanwhile: the watch will say so.
      if (!isNotFound(error)) throw error;
    });
  }

  async #tellOfCloud(name: string, events: readonly EgressIpEvent[]): Promise<void> {
    const news = JSON.stringify(events);
    if (this.#toldOfCloud.get(name) === news) return;
    this.#toldOfCloud.set(name, news);
    await this.#tell(name, events);
  }

  async #tell(name: string, events: readonly EgressIpEvent[]): Promise<void> {
    for (const event of events)
      await writeEgressIpEvent(this.#options.rest, name, event).catch((error: unknown) =>
        this.#options.onError?.(error),
      );
  }
}

/** The allocator's cache as a restart builds it: of two objects that hold one address, the older keeps it. */
function allocationsOf(objects: readonly EgressIp[], ovnNodes: readonly OvnNode[]): Map<string, Allocation> {
  const allocations = new Map<string, Allocation>();
  for (const { name, items } of objects) {
    for (const { node, egressIP } of validItems(name, items, ovnNodes, allocations))
      allocations.set(canonical(egressIP), { node, owner: name });
  }
  return allocations;
}

// Only addresses that were parsed before come here.
function canonical(address: string): string {
  return canonicalAddress(address) ?? address;
}
