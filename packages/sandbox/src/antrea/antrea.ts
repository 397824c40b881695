import { isDeepStrictEqual } from 'node:util';
import { isNotFound, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { ClusterLoop, type StandIn } from '../stand-in/cluster-loop.ts';
import { ignore } from '../stand-in/ignore.ts';
import { egresses, externalIpPools, namespaces, nodes } from '../stand-in/resources.ts';
import {
  readEgress,
  readExternalIpPool,
  type AntreaPod,
  type Egress,
  type EgressCondition,
  type ExternalIpPoolSpec,
} from './antrea-objects.ts';
import { antreaTraffic, type AntreaTraffic } from './antrea-traffic.ts';
import { ConsistentHash } from './consistent-hash.ts';
import { AntreaEgressAgent, type EgressReport } from './egress-agent.ts';
import { EgressIpAllocator } from './egress-ip-allocator.ts';
import { scheduleEgresses, type SchedulerNode } from './ip-scheduler.ts';
import type { AntreaWebhook } from './webhook.ts';

/** How to run the stand-in of Antrea's controller and agents. */
export interface AntreaOptions {
  readonly rest: RestClient;
  /** The addresses that others have put on a node's devices, canonical. None by default. */
  readonly addressesOf?: (node: string) => ReadonlySet<string>;
  /**
   * Whether the wire brings packets for an address to a node. On a cloud, where it is on the interface. Default always.
   */
  readonly delivers?: (address: string, node: string) => boolean;
  /** Milliseconds until the others notice that an agent is gone or back; 4,000 to 7,000 in the real one. Default 50. */
  readonly failureDetection?: number;
  /**
   * The webhook that guards the API server, and by how many milliseconds what it knows of pools is late. Default 20.
   */
  readonly webhook?: AntreaWebhook;
  readonly webhookLag?: number;
  readonly onError?: (error: unknown) => void;
}

/** The running stand-in: a controller, an agent per node, and what the API server does not tell. */
export interface Antrea extends StandIn {
  addPod(pod: AntreaPod): void;
  removePod(uid: string): void;
  /** The agent of a node ends; the addresses that it had put there stay, and it goes on answering for them. */
  stopAgent(node: string): void;
  startAgent(node: string): void;
  /** Power off: no agent, no packet. */
  powerOff(node: string): void;
  powerOn(node: string): void;
  /** Cuts nodes off from the others' agents, not from the API server: both sides go on. An empty list heals. */
  partition(nodes: readonly string[]): void;
  /** Looks again, after `addressesOf` has changed: the real one hears of addresses at once. */
  addressesChanged(): void;
  /** What becomes of a packet now. @throws RangeError when there is no such pod */
  traffic(uid: string, destination: string): AntreaTraffic;
  /** The nodes that are up and have an address. */
  holders(address: string): readonly string[];
}

type Kind = 'nodes' | 'namespaces' | 'egresses' | 'pools';

/** Starts the stand-in; resolves when it has seen the cluster. Needs the CRDs of Egress and ExternalIPPool. */
export async function startAntrea(options: AntreaOptions): Promise<Antrea> {
  const antrea = new AntreaCluster(options);
  const loop: ClusterLoop<Kind> = new ClusterLoop<Kind>({
    rest: options.rest,
    resources: { nodes, namespaces, egresses, pools: externalIpPools },
    pass: (running) => antrea.pass(running),
    ...(options.onError && { onError: options.onError }),
  });
  await loop.start();
  const then = (change: () => void): void => {
    change();
    loop.trigger(0);
    // What has failed is noticed later.
    setTimeout(() => loop.trigger(0), options.failureDetection ?? defaultFailureDetection).unref();
  };
  return {
    addPod: (pod) => then(() => antrea.pods.set(pod.uid, pod)),
    removePod: (uid) => then(() => antrea.pods.delete(uid)),
    stopAgent: (node) => then(() => antrea.setState(node, 'agent-stopped')),
    startAgent: (node) => then(() => antrea.setState(node, 'up')),
    powerOff: (node) => then(() => antrea.setState(node, 'off')),
    powerOn: (node) => then(() => antrea.setState(node, 'up')),
    partition: (cut) => then(() => antrea.partition(cut)),
    addressesChanged: () => then(() => undefined),
    traffic: (uid, destination) => antrea.traffic(uid, destination),
    holders: (address) => antrea.holders(address),
    stop: () => loop.stop(),
  };
}

const defaultFailureDetection = 50;

type NodeState = 'up' | 'agent-stopped' | 'off';

/** A node's state, and the one that the others know of. */
interface Member {
  readonly agent: AntreaEgressAgent;
  state: NodeState;
  isCutOff: boolean;
  /** When the others know of the present state, by the monotonic clock. */
  knownAt: number;
  known: { readonly isAlive: boolean; readonly isCutOff: boolean };
}

class AntreaCluster {
  readonly pods = new Map<string, AntreaPod>();
  readonly #options: AntreaOptions;
  readonly #members = new Map<string, Member>();
  readonly #allocator = new EgressIpAllocator();
  #pools: ReadonlyMap<string, ExternalIpPoolSpec> = new Map();

  constructor(options: AntreaOptions) {
    this.#options = options;
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    this.#followPools(loop.list('pools'));
    const present = loop
      .list('nodes')
      .map(({ metadata: { name, labels = {}, annotations = {} } }): SchedulerNode => ({ name, labels, annotations }));
    const names = new Set(present.map(({ name }) => name));
    for (const name of this.#members.keys()) if (!names.has(name)) this.#members.delete(name);
    for (const name of names) if (!this.#members.has(name)) this.#members.set(name, newMember(name));
    await this.#allocate(loop);
    const namespaceLabels = new Map(
      loop.list('namespaces').map(({ metadata: { name, labels = {} } }) => [name, labels]),
    );
    for (const [name, member] of this.#members) {
      if (member.state !== 'up') continue;
      const objects = loop.list('egresses').map(readEgress);
      const alive = this.#aliveFor(member);
      const speakers = new ConsistentHash(alive);
      const reports = member.agent.pass({
        egresses: objects,
        schedule: scheduleEgresses({ egresses: objects, pools: this.#pools, nodes: present, alive }),
        pods: [...this.pods.values()],
        namespaceLabels,
        addresses: this.#addressesOf(name),
        speaker: ({ spec }) => speakers.nodeOf(spec.egressIP),
      });
      for (const report of reports) await this.#report(loop, report);
    }
  }

  setState(name: string, state: NodeState): void {
    const member = this.#members.get(name);
    if (!member) return;
    this.#change(member);
    // A machine that starts has nothing on the device; a process that starts finds what was there.
    if (member.state === 'off') member.agent.assigned.clear();
    if (state === 'up') member.agent.restarted();
    member.state = state;
  }

  partition(cut: readonly string[]): void {
    for (const [name, member] of this.#members) {
      this.#change(member);
      member.isCutOff = cut.includes(name);
    }
  }

  holders(address: string): readonly string[] {
    return [...this.#members]
      .filter(
        ([name, { agent, state }]) =>
          state !== 'off' && (agent.assigned.has(address) || this.#addressesOf(name).has(address)),
      )
      .map(([name]) => name);
  }

  traffic(uid: string, destination: string): AntreaTraffic {
    const pod = this.pods.get(uid);
    if (!pod) throw new RangeError(`there is no pod ${uid}`);
    const datapath = {
      agentOf: (node: string) => this.#members.get(node)?.agent,
      holders: (address: string) => this.holders(address),
      isUp: (node: string) => this.#members.get(node)?.state !== 'off',
      delivers: this.#options.delivers ?? (() => true),
    };
    return antreaTraffic(datapath, pod, destination);
  }

  #addressesOf(node: string): ReadonlySet<string> {
    return this.#options.addressesOf?.(node) ?? new Set();
  }

  #followPools(objects: readonly KubernetesObject[]): void {
    const pools = new Map(objects.map((object) => [object.metadata.name, readExternalIpPool(object)]));
    if (isDeepStrictEqual(pools, this.#pools)) return;
    this.#pools = pools;
    const { webhook, webhookLag = 20 } = this.#options;
    if (webhook) setTimeout(() => webhook.see(pools), webhookLag).unref();
  }

  /** The controller's part: addresses out of pools, and back when the pool goes. */
  async #allocate(loop: ClusterLoop<Kind>): Promise<void> {
    this.#allocator.retain(new Set(loop.list('egresses').map(({ metadata }) => metadata.name)));
    for (const object of loop.list('egresses')) {
      const egress = readEgress(object);
      const { egressIP, condition } = this.#allocator.sync(egress, this.#pools);
      if (egressIP !== undefined) {
        await loop
          .written(
            'egresses',
            loop
              .client('egresses')
              .mergePatch({ name: egress.name }, { spec: { egressIP: egressIP === '' ? null : egressIP } }),
          )
          .catch(ignore(isNotFound));
      }
      await this.#write(loop, egress, withCondition(egress, 'IPAllocated', condition));
    }
  }

  async #report(
    loop: ClusterLoop<Kind>,
    { egress: name, egressNode, egressIP, condition }: EgressReport,
  ): Promise<void> {
    const object = loop.list('egresses').find(({ metadata }) => metadata.name === name);
    if (!object) return;
    const egress = readEgress(object);
    await this.#write(loop, egress, { ...withCondition(egress, 'IPAssigned', condition), egressNode, egressIP });
  }

  async #write(loop: ClusterLoop<Kind>, { name, status: before }: Egress, status: Egress['status']): Promise<void> {
    if (isDeepStrictEqual(status, before)) return;
    await loop
      .written('egresses', loop.client('egresses').mergePatch({ name }, { status }, { subresource: 'status' }))
      .catch(ignore(isNotFound));
  }

  /** The nodes that a node's memberlist holds alive: those on its side of a cut, as far as it has noticed. */
  #aliveFor(member: Member): ReadonlySet<string> {
    const now = performance.now();
    const known = (each: Member): Member['known'] =>
      each.knownAt <= now ? { isAlive: each.state === 'up', isCutOff: each.isCutOff } : each.known;
    const own = known(member);
    return new Set(
      [...this.#members]
        .filter(([, each]) => each === member || (known(each).isAlive && known(each).isCutOff === own.isCutOff))
        .map(([name]) => name),
    );
  }

  #change(member: Member): void {
    const now = performance.now();
    if (member.knownAt <= now) member.known = { isAlive: member.state === 'up', isCutOff: member.isCutOff };
    member.knownAt = now + (this.#options.failureDetection ?? defaultFailureDetection) - 1;
  }
}

function newMember(node: string): Member {
  return {
    agent: new AntreaEgressAgent(node),
    state: 'up',
    isCutOff: false,
    knownAt: 0,
    known: { isAlive: true, isCutOff: false },
  };
}

function withCondition(
  { status }: Egress,
  type: EgressCondition['type'],
  condition: EgressCondition | undefined,
): Egress['status'] {
  const before = status.conditions.find((each) => each.type === type);
  const isSame =
    condition !== undefined &&
    before !== undefined &&
    isDeepStrictEqual({ ...before, lastTransitionTime: undefined }, { ...condition, lastTransitionTime: undefined });
  if (isSame || (condition === undefined && before === undefined)) return status;
  const others = status.conditions.filter((each) => each.type !== type);
  const next = condition && { ...condition, lastTransitionTime: `${new Date().toISOString().slice(0, 19)}Z` };
  return { ...status, conditions: next ? [next, ...others] : others };
}
