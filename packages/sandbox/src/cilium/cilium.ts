import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, RestClient } from '@egressip-ipam/kube';
import { ClusterLoop, type StandIn } from '../stand-in/cluster-loop.ts';
import type { Labels } from '../stand-in/label-selector.ts';
import { ciliumEgressGatewayPolicies, ciliumNodes, namespaces, nodes } from '../stand-in/resources.ts';
import { AgentRunner } from './agent-runner.ts';
import { copyOf, readCiliumNode, type CiliumNode, type CiliumPod } from './cilium-objects.ts';
import { ciliumTraffic, type CiliumTraffic } from './cilium-traffic.ts';
import { EgressAgent, type AgentEvent, type PolicyMaps } from './egress-agent.ts';
import { NodeWriter } from './node-writer.ts';
import { PolicyMap, type PolicyMapEntry } from './policy-map.ts';

/** How to run the stand-in of Cilium's agents. */
export interface CiliumOptions {
  readonly rest: RestClient;
  /** The addresses on any device of a node now, canonical, without tentative ones. By default the node's own alone. */
  readonly addressesOf?: (node: string) => ReadonlySet<string>;
  /** Milliseconds between runs of an agent: `egress-gateway-reconciliation-trigger-interval`. Default 1,000. */
  readonly interval?: number;
  /** Milliseconds within which the agents hear of a change, each at a time of its own. Default 50. */
  readonly lag?: number;
  /** Agents tell of their nodes by CiliumNodes, and hear of others by these; needs their definition. Default no. */
  readonly writesNodes?: boolean;
  /** Entries of a map: `egress-gateway-policy-map-max`. Default 16,384. */
  readonly mapSize?: number;
  /** Orders what has no order, and spreads the agents' clocks. Default `Math.random`. */
  readonly random?: () => number;
  /** A line of an agent's log. */
  readonly onLog?: (node: string, line: string) => void;
  /** A node's maps were written, all entries given: to program a network that carries packets. */
  readonly onMaps?: (node: string, entries: readonly PolicyMapEntry[]) => void;
  readonly onError?: (error: unknown) => void;
}

/** The running stand-in: an agent per node, and what the API server does not tell. */
export interface Cilium extends StandIn {
  /** A pod starts; its traffic flows at once, the agents hear of it later. */
  addPod(pod: CiliumPod): void;
  removePod(uid: string): void;
  /** The agent of a node ends; what it wrote into its maps serves on, the labels it copied stay. */
  stopAgent(node: string): void;
  /** It comes back, looks at everything anew and copies its Node's labels. */
  startAgent(node: string): void;
  /** Power off: no agent, no packet. */
  powerOff(node: string): void;
  powerOn(node: string): void;
  /** What becomes of a packet now. @throws RangeError when there is no such pod */
  traffic(uid: string, destination: string): CiliumTraffic;
  /** A node's map entries, both families. */
  entries(node: string): readonly PolicyMapEntry[];
}

type Kind = 'nodes' | 'namespaces' | 'policies' | 'ciliumNodes';

/** Starts the stand-in; resolves when it has seen the cluster. Needs the CRD of CiliumEgressGatewayPolicy. */
export async function startCilium(options: CiliumOptions): Promise<Cilium> {
  const agents = new Agents(options);
  const loop: ClusterLoop<Kind> = new ClusterLoop<Kind>({
    rest: options.rest,
    resources: {
      nodes,
      namespaces,
      policies: ciliumEgressGatewayPolicies,
      ...(options.writesNodes === true && { ciliumNodes }),
    },
    delay: 0,
    pass: (running) => agents.pass(running),
    ...(options.onError && { onError: options.onError }),
  });
  await loop.start();
  const entries = (node: string): readonly PolicyMapEntry[] => entriesOf(agents.maps(node));
  return {
    addPod: (pod) => agents.addPod(pod),
    removePod: (uid) => agents.removePod(uid),
    stopAgent: (node) => agents.stopAgent(node),
    startAgent: (node) => (agents.startAgent(node), loop.trigger()),
    powerOff: (node) => agents.setPower(node, false),
    powerOn: (node) => (agents.setPower(node, true), loop.trigger()),
    traffic: (uid, destination) => agents.traffic(uid, destination),
    entries,
    async stop() {
      await loop.stop();
      agents.stop();
    },
  };
}

function entriesOf(maps: PolicyMaps): readonly PolicyMapEntry[] {
  return [...maps[4].snapshot().values(), ...maps[6].snapshot().values()];
}

class Agents {
  readonly #options: CiliumOptions;
  readonly #runners = new Map<string, AgentRunner>();
  readonly #maps = new Map<string, PolicyMaps>();
  readonly #stopped = new Set<string>();
  readonly #off = new Set<string>();
  readonly #nodes = new Map<string, CiliumNode>();
  readonly #pods = new Map<string, CiliumPod>();
  readonly #policies = new Map<string, KubernetesObject>();
  readonly #namespaceLabels = new Map<string, Labels>();

  readonly #writer: NodeWriter | undefined;

  constructor(options: CiliumOptions) {
    this.#options = options;
    this.#writer = options.writesNodes === true ? new NodeWriter(options.rest) : undefined;
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    this.#followNamespaces(loop.list('namespaces'));
    const all = loop.list('nodes');
    if (this.#writer) {
      const told = loop.list('ciliumNodes');
      await this.#writer.write(
        all,
        all.filter(({ metadata }) => this.#runsOn(metadata.name)),
        told,
      );
      this.#hearNodes(told.map(readCiliumNode));
    } else this.#hearNodes(this.#copiesOf(all));
    this.#followPolicies(loop.list('policies'));
    const names = new Set(all.map(({ metadata }) => metadata.name));
    for (const name of this.#runners.keys()) if (!names.has(name)) this.#end(name);
    for (const name of names) if (this.#runsOn(name) && !this.#runners.has(name)) this.#run(name);
  }

  addPod(pod: CiliumPod): void {
    this.#pods.set(pod.uid, pod);
    this.#tell(this.#podEvent(pod));
  }

  removePod(uid: string): void {
    this.#pods.delete(uid);
    this.#tell({ kind: 'pod-deleted', uid });
  }

  stopAgent(node: string): void {
    this.#stopped.add(node);
    this.#end(node);
  }

  startAgent(node: string): void {
    this.#stopped.delete(node);
  }

  setPower(node: string, isOn: boolean): void {
    if (isOn) {
      this.#off.delete(node);
      // A machine that starts has empty maps.
      this.#maps.delete(node);
    } else {
      this.#off.add(node);
      this.#end(node);
    }
  }

  stop(): void {
    for (const runner of this.#runners.values()) runner.stop();
  }

  traffic(uid: string, destination: string): CiliumTraffic {
    const pod = this.#pods.get(uid);
    if (!pod) throw new RangeError(`there is no pod ${uid}`);
    const datapath = {
      pods: [...this.#pods.values()],
      nodes: [...this.#nodes.values()],
      maps: (node: string) => this.maps(node),
      isUp: (node: string) => !this.#off.has(node),
      addresses: (node: string) => this.#addresses(node),
    };
    return ciliumTraffic(datapath, pod, destination);
  }

  maps(node: string): PolicyMaps {
    let maps = this.#maps.get(node);
    const { mapSize = 16_384 } = this.#options;
    if (!maps) this.#maps.set(node, (maps = { 4: new PolicyMap(mapSize), 6: new PolicyMap(mapSize) }));
    return maps;
  }

  #runsOn(node: string): boolean {
    return !this.#stopped.has(node) && !this.#off.has(node);
  }

  /** A node's own agent copies its labels: those of a dead one stay what they were. */
  #copiesOf(objects: readonly KubernetesObject[]): readonly CiliumNode[] {
    return objects.flatMap((object) => {
      const { name } = object.metadata;
      return this.#runsOn(name) ? [copyOf(object)] : (this.#nodes.get(name) ?? []);
    });
  }

  #hearNodes(known: readonly CiliumNode[]): void {
    const present = new Set(known.map(({ name }) => name));
    for (const name of this.#nodes.keys()) {
      if (present.has(name)) continue;
      this.#nodes.delete(name);
      this.#tell({ kind: 'node-deleted', name });
    }
    for (const node of known) {
      if (isDeepStrictEqual(this.#nodes.get(node.name), node)) continue;
      this.#nodes.set(node.name, node);
      this.#tell({ kind: 'node', node });
    }
  }

  #followPolicies(objects: readonly KubernetesObject[]): void {
    const present = new Set(objects.map(({ metadata }) => metadata.name));
    for (const name of this.#policies.keys()) {
      if (present.has(name)) continue;
      this.#policies.delete(name);
      this.#tell({ kind: 'policy-deleted', name });
    }
    for (const object of objects) {
      const { name, uid, resourceVersion } = object.metadata;
      const before = this.#policies.get(name)?.metadata;
      if (before?.uid === uid && before?.resourceVersion === resourceVersion) continue;
      this.#policies.set(name, object);
      this.#tell({ kind: 'policy', object });
    }
  }

  #followNamespaces(objects: readonly KubernetesObject[]): void {
    for (const {
      metadata: { name, labels = {} },
    } of objects) {
      if (isDeepStrictEqual(this.#namespaceLabels.get(name), labels)) continue;
      this.#namespaceLabels.set(name, labels);
      for (const pod of this.#pods.values()) if (pod.namespace === name) this.#tell(this.#podEvent(pod));
    }
  }

  #run(node: string): void {
    const { rest, interval = 1000, lag = 50, random = Math.random, onLog, onMaps } = this.#options;
    const maps = this.maps(node);
    const agent = new EgressAgent({
      node,
      map: maps,
      random,
      addresses: () => this.#addresses(node),
      log: (line) => onLog?.(node, line),
    });
    const timing = { clock: rest.clock, interval, lag: () => random() * lag };
    const runner = new AgentRunner(agent, timing, () => onMaps?.(node, entriesOf(maps)));
    this.#runners.set(node, runner);
    for (const each of this.#nodes.values()) runner.hear({ kind: 'node', node: each });
    for (const object of this.#policies.values()) runner.hear({ kind: 'policy', object });
    for (const pod of this.#pods.values()) runner.hear(this.#podEvent(pod));
  }

  #end(node: string): void {
    this.#writer?.forget(node);
    this.#runners.get(node)?.stop();
    this.#runners.delete(node);
  }

  #tell(event: AgentEvent): void {
    for (const runner of this.#runners.values()) runner.hear(event);
  }

  #podEvent(pod: CiliumPod): AgentEvent {
    return { kind: 'pod', pod, namespaceLabels: this.#namespaceLabels.get(pod.namespace) ?? {} };
  }

  #addresses(node: string): ReadonlySet<string> {
    return this.#options.addressesOf?.(node) ?? new Set(this.#nodes.get(node)?.addresses);
  }
}
