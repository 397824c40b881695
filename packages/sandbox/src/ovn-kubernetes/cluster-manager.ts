import { isDeepStrictEqual } from 'node:util';
import { isNotFound, type JsonPatchOperation, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
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
import { holdManagerLease, type ManagerLeaseOptions } from './manager-lease.ts';
import { MarkPool } from './mark-pool.ts';
import { markAnnotation } from './mark.ts';
import { readOvnNode, type OvnNode } from './ovn-node.ts';

/** How to run the stand-in of OVN-Kubernetes' cluster manager. */
export interface OvnClusterManagerOptions {
  readonly rest: RestClient;
  /** Attach through CloudPrivateIPConfigs, as on AWS, Azure, GCP and OpenStack. Needs that CRD. Default false. */
  readonly cloud?: boolean;
  /** Works while it holds this Lease. Without one by default. */
  readonly lease?: ManagerLeaseOptions;
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

/** The stand-in at work. */
export interface OvnClusterManager extends StandIn {
  /** Ends it as SIGTERM does: it lets go of its Lease. */
  stop(): Promise<void>;
  /** Ends it as SIGKILL does: its Lease has to run out. */
  kill(): Promise<void>;
}

/**
 * Starts the stand-in; resolves when it holds its Lease and knows the marks of EgressIPs.
 *
 * @throws Error when two EgressIPs have one mark: it ends at that, as the real one does
 */
export async function startOvnClusterManager(options: OvnClusterManagerOptions): Promise<OvnClusterManager> {
  const lease = options.lease && (await holdManagerLease(options.rest, options.lease, options.onError));
  const rest = lease?.rest ?? options.rest;
  const manager = new ClusterManager({ ...options, rest });
  const loop = new ClusterLoop<Kind>({
    rest,
    resources: { egressIps, nodes, ...(options.cloud && { cloudPrivateIpConfigs }) },
    pass: (running) => manager.pass(running),
    ...(options.delay !== undefined && { delay: options.delay }),
    ...(options.onError && { onError: options.onError }),
  });
  const end = async (letGo?: () => Promise<void>): Promise<void> => {
    await loop.stop();
    await letGo?.();
  };
  await loop.start();
  await manager.started.catch(async (error: unknown) => {
    await end(lease?.release);
    throw error;
  });
  return { stop: () => end(lease?.release), kill: () => end(lease?.abandon) };
}

/** The cluster as one pass sees it; the allocations follow what the pass decides. */
interface Pass {
  readonly loop: ClusterLoop<Kind>;
  readonly egressIps: readonly EgressIp[];
  readonly nodes: readonly OvnNode[];
  readonly allocations: Map<string, Allocation>;
  readonly cloud: CloudAddresses<Kind> | undefined;
  /** Changes whenever something does that makes missing addresses worth another try. */
  readonly cause: number;
}

class ClusterManager {
  readonly #options: OvnClusterManagerOptions;
  // For which spec and cause an object's missing addresses were last tried: nothing is tried again without a cause.
  readonly #tried = new Map<string, string>();
  readonly #toldOfCloud = new Map<string, string>();
  #cause = { key: '', number: 0 };
  readonly #marks = new MarkPool();
  readonly #started = Promise.withResolvers<void>();
  #hasStarted = false;
  #hasFailed = false;

  constructor(options: OvnClusterManagerOptions) {
    this.#options = options;
  }

  /** Settles once it knows which marks there are. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    if (this.#hasFailed) return;
    if (!this.#hasStarted) await this.#start(loop);
    if (!this.#hasStarted) return;
    const pass = this.#look(loop);
    const names = new Set(pass.egressIps.map(({ name }) => name));
    for (const memory of [this.#tried, this.#toldOfCloud])
      for (const name of memory.keys()) if (!names.has(name)) memory.delete(name);
    this.#marks.keepOnly(names);
    await pass.cloud?.removeOrphans(names);
    for (const egressIp of pass.egressIps) await this.#reconcile(pass, egressIp);
  }

  /**
   * The real one follows nodes first: at each that is there it assigns what has not all its addresses, and gives marks
   * without having looked which there are. It looks at EgressIPs thereafter, and ends where two have the same.
   */
  async #start(loop: ClusterLoop<Kind>): Promise<void> {
    const pass = this.#look(loop);
    for (const egressIp of pass.egressIps)
      if (egressIp.addresses.length !== egressIp.items.length) await this.#reconcile(pass, egressIp);
    const { egressIps } = this.#look(loop);
    try {
      for (const { name, object } of egressIps) {
        const mark = markOf(object);
        if (mark !== undefined) this.#marks.reserve(name, mark);
      }
    } catch (error) {
      this.#hasFailed = true;
      this.#started.reject(error);
      return;
    }
    for (const egressIp of egressIps) await this.#write(loop, egressIp.name, this.#markPatch(egressIp));
    this.#hasStarted = true;
    this.#started.resolve();
  }

  #look(loop: ClusterLoop<Kind>): Pass {
    const cloud = this.#options.cloud ? new CloudAddresses(loop, 'cloudPrivateIpConfigs') : undefined;
    const unreachable = this.#options.unreachable?.() ?? new Set();
    const nodes = loop.list('nodes').map((object) => {
      const node = readOvnNode(object, cloud !== undefined);
      return { ...node, eligible: node.eligible && !unreachable.has(node.name) };
    });
    const objects = loop.list('egressIps').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const egressIps = objects.map(readEgressIp);
    const key = JSON.stringify([nodes, cloud?.leaving()]);
    if (key !== this.#cause.key) this.#cause = { key, number: this.#cause.number + 1 };
    const allocations = cloud ? cloud.allocations() : allocationsOf(egressIps, nodes);
    return { loop, egressIps, nodes, allocations, cloud, cause: this.#cause.number };
  }

  /** What fails is tried again, whatever caused it. */
  async #reconcile(pass: Pass, egressIp: EgressIp): Promise<void> {
    try {
      await this.#serve(pass, egressIp);
    } catch (error) {
      this.#tried.delete(egressIp.name);
      throw error;
    }
  }

  async #serve(pass: Pass, egressIp: EgressIp): Promise<void> {
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

  async #patch({ loop }: Pass, egressIp: EgressIp, wanted: readonly EgressIpItem[]): Promise<void> {
    if (isDeepStrictEqual(egressIp.items, wanted)) return;
    const status: JsonPatchOperation = { op: 'replace', path: '/status', value: { items: wanted } };
    await this.#write(loop, egressIp.name, [...this.#markPatch(egressIp), status]);
  }

  /** As OVN-Kubernetes' `generateMarkPatchOp`, which replaces the whole map of annotations. */
  #markPatch({ name, object }: EgressIp): readonly JsonPatchOperation[] {
    const mark = markOf(object) === undefined ? this.#marks.take(name) : undefined;
    return mark === undefined ? [] : [{ op: 'add', path: '/metadata/annotations', value: { [markAnnotation]: mark } }];
  }

  async #write(loop: ClusterLoop<Kind>, name: string, patch: readonly JsonPatchOperation[]): Promise<void> {
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

function markOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.annotations?.[markAnnotation];
}

// Only addresses that were parsed before come here.
function canonical(address: string): string {
  return canonicalAddress(address) ?? address;
}
