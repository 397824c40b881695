import type { KubernetesObject } from '@egressip-ipam/kube';
import { seededRandom } from '../../stand-in/seeded-random.ts';
import type { CiliumNode, CiliumPod } from '../cilium-objects.ts';
import { ciliumTraffic, type CiliumTraffic } from '../cilium-traffic.ts';
import { EgressAgent, type AgentEvent, type PolicyMaps } from '../egress-agent.ts';
import { PolicyMap } from '../policy-map.ts';

/** A node `a` to `i` with the address 10.0.0.1 to 10.0.0.9. */
export function testNode(name: string, labels: Readonly<Record<string, string>> = {}): CiliumNode {
  const number = name.charCodeAt(0) - 96;
  return {
    name,
    labels: { 'kubernetes.io/hostname': name, ...labels },
    addresses: [`10.0.0.${number}`, `fd00::${number}`],
  };
}

/** A pod of namespace `team`, 10.1.0.NUMBER and fd01::NUMBER. */
export function testPod(number: number, node = 'a', more: Partial<CiliumPod> = {}): CiliumPod {
  return { uid: `pod-${number}`, namespace: 'team', node, addresses: [`10.1.0.${number}`, `fd01::${number}`], ...more };
}

/** A policy for namespace `team`, all IPv4 destinations, from an address on a node. */
export function testPolicy(name: string, egressIP: string, hostname: string, spec: object = {}): KubernetesObject {
  return {
    metadata: { name },
    spec: {
      selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'team' } } }],
      destinationCIDRs: ['0.0.0.0/0'],
      egressGateway: { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': hostname } }, egressIP },
      egressGateways: [],
      ...spec,
    },
  };
}

/** Agents without clocks: what each hears, and when it runs, is the test's to say. */
export class TestAgents {
  readonly held = new Map<string, Set<string>>();
  readonly log: string[] = [];
  readonly down = new Set<string>();
  readonly #maps = new Map<string, PolicyMaps>();
  readonly #agents = new Map<string, EgressAgent>();
  readonly #nodes: readonly CiliumNode[];
  readonly #pods = new Map<string, CiliumPod>();

  constructor(nodes: readonly CiliumNode[], mapSize = 16_384) {
    this.#nodes = nodes;
    const random = seededRandom(1);
    for (const { name, addresses } of nodes) {
      this.held.set(name, new Set(addresses));
      const map = { 4: new PolicyMap(mapSize), 6: new PolicyMap(mapSize) };
      this.#maps.set(name, map);
      const agent = new EgressAgent({
        node: name,
        map,
        random,
        addresses: () => this.held.get(name) ?? new Set(),
        log: (line) => this.log.push(line),
      });
      this.#agents.set(name, agent);
    }
    for (const node of nodes) this.hear({ kind: 'node', node });
  }

  /** All agents hear it, or those named; none runs yet. */
  hear(event: AgentEvent, names: Iterable<string> = this.#agents.keys()): void {
    for (const name of names) this.#agents.get(name)?.hear(event);
  }

  apply(...objects: readonly KubernetesObject[]): void {
    for (const object of objects) this.hear({ kind: 'policy', object });
    this.run();
  }

  start(pod: CiliumPod, namespaceLabels: Readonly<Record<string, string>> = {}): void {
    this.#pods.set(pod.uid, pod);
    this.hear({ kind: 'pod', pod, namespaceLabels });
  }

  run(...names: readonly string[]): void {
    for (const [name, agent] of this.#agents) if (names.length === 0 || names.includes(name)) agent.run();
  }

  hold(node: string, ...addresses: readonly string[]): void {
    for (const address of addresses) this.held.get(node)?.add(address);
  }

  traffic(uid: string, destination = '198.51.100.1'): CiliumTraffic {
    const pod = this.#pods.get(uid);
    if (!pod) throw new RangeError(uid);
    const datapath = {
      pods: [...this.#pods.values()],
      nodes: this.#nodes,
      maps: (node: string) => this.#maps.get(node),
      isUp: (node: string) => !this.down.has(node),
      addresses: (node: string) => this.held.get(node) ?? new Set<string>(),
    };
    return ciliumTraffic(datapath, pod, destination);
  }
}
