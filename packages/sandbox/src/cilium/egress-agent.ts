import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '@egressip-ipam/kube';
import { isVersion6 } from '../stand-in/addresses.ts';
import type { Labels } from '../stand-in/label-selector.ts';
import { shuffled } from '../stand-in/seeded-random.ts';
import type { CiliumNode, CiliumPod } from './cilium-objects.ts';
import { endpointLabels, parseEgressGatewayPolicy, type EgressGatewayPolicy } from './egress-gateway-policy.ts';
import { findGateways, gatewayOfEndpoint, type Gateway } from './gateway.ts';
import { policyMapKey, type PolicyMap, type PolicyMapEntry, type PolicyMapValue } from './policy-map.ts';

/** What surrounds an {@link EgressAgent}. */
export interface EgressAgentOptions {
  /** Name of its node. */
  readonly node: string;
  /** The node's map, which outlives the agent. */
  readonly map: PolicyMaps;
  /** The addresses on any device of the node now, canonical, without tentative ones. */
  readonly addresses: () => ReadonlySet<string>;
  /** The order in which it walks its policies, as that of a Go map. */
  readonly random: () => number;
  /** A line of its log: nothing else tells of what it refuses and of what does not fit. */
  readonly log: (line: string) => void;
}

/** A node's egress policy maps, one per family. */
export interface PolicyMaps {
  readonly 4: PolicyMap;
  readonly 6: PolicyMap;
}

/** An event that an agent hears of. */
export type AgentEvent =
  | { readonly kind: 'policy'; readonly object: KubernetesObject }
  | { readonly kind: 'policy-deleted'; readonly name: string }
  | { readonly kind: 'node'; readonly node: CiliumNode }
  | { readonly kind: 'node-deleted'; readonly name: string }
  | { readonly kind: 'pod'; readonly pod: CiliumPod; readonly namespaceLabels: Labels }
  | { readonly kind: 'pod-deleted'; readonly uid: string };

/** A policy, and what was found for it when the agent last looked. */
interface Known {
  readonly policy: EgressGatewayPolicy;
  gateways: readonly Gateway[];
}

interface Endpoint {
  readonly pod: CiliumPod;
  readonly labels: Labels;
}

/**
 * The egress gateway part of one node's Cilium agent (`pkg/egressgateway/manager.go` of Cilium 1.20), without its
 * timers: it hears events, and a run writes the node's maps.
 */
export class EgressAgent {
  readonly #options: EgressAgentOptions;
  readonly #policies = new Map<string, Known>();
  readonly #nodes = new Map<string, CiliumNode>();
  readonly #endpoints = new Map<string, Endpoint>();
  // The first run looks whatever it has heard of.
  #looks = true;

  constructor(options: EgressAgentOptions) {
    this.#options = options;
  }

  /** Takes in an event. @returns whether it asks for a run */
  hear(event: AgentEvent): boolean {
    switch (event.kind) {
      case 'policy': {
        const policy = parseEgressGatewayPolicy(event.object);
        if ('refused' in policy) {
          // What it knew under this name, it keeps.
          this.#options.log(
            `Failed to parse CiliumEgressGatewayPolicy ${event.object.metadata.name}: ${policy.refused}`,
          );
          return false;
        }
        this.#policies.set(policy.name, { policy, gateways: [] });
        break;
      }
      case 'policy-deleted':
        this.#policies.delete(event.name);
        break;
      case 'node':
        this.#nodes.set(event.node.name, event.node);
        break;
      case 'node-deleted':
        this.#nodes.delete(event.name);
        break;
      case 'pod':
        if (event.pod.hostNetwork) return false;
        this.#endpoints.set(event.pod.uid, {
          pod: event.pod,
          labels: endpointLabels(event.pod.labels ?? {}, event.pod.namespace, event.namespaceLabels),
        });
        return true;
      case 'pod-deleted':
        return this.#endpoints.delete(event.uid);
    }
    this.#looks = true;
    return true;
  }

  /**
   * Brings the maps up to date with what was heard. Gateways and addresses are looked up only after a policy or a node
   * changed.
   */
  run(): void {
    const known = shuffled([...this.#policies.values()], this.#options.random);
    if (this.#looks) {
      const nodes = [...this.#nodes.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
      const look = { local: this.#options.node, nodes, addresses: this.#options.addresses() };
      for (const each of known) each.gateways = findGateways(each.policy, look);
    }
    this.#looks = false;
    const wanted = known.flatMap((each) => this.#entriesOf(each));
    this.#write(
      this.#options.map[4],
      wanted.filter(({ source }) => !isVersion6(source)),
    );
    this.#write(
      this.#options.map[6],
      wanted.filter(({ source }) => isVersion6(source)),
    );
  }

  #entriesOf({ policy, gateways }: Known): PolicyMapEntry[] {
    return [...this.#endpoints.values()].flatMap(({ pod, labels }) => {
      if (!policy.matches(labels, this.#nodes.get(pod.node)?.labels ?? {})) return [];
      const gateway = gatewayOfEndpoint(gateways, pod.uid);
      const entries = (cidrs: readonly string[], isExcluded: boolean): PolicyMapEntry[] =>
        pod.addresses.flatMap((source) =>
          cidrs
            .filter((cidr) => isVersion6(cidr) === isVersion6(source))
            .map((destination) => ({
              source,
              destination,
              value: isExcluded ? { kind: 'excluded' } : valueOf(gateway, isVersion6(source)),
            })),
        );
      return [...entries(policy.destinationCIDRs, false), ...entries(policy.excludedCIDRs, true)];
    });
  }

  // Compared with what was there before the run, and stale entries go last: so two policies for one key take turns, and
  // what found no room stays out until the next run.
  #write(map: PolicyMap, wanted: readonly PolicyMapEntry[]): void {
    const before = map.snapshot();
    const stale = new Map(before);
    for (const entry of wanted) {
      const key = policyMapKey(entry.source, entry.destination);
      stale.delete(key);
      if (isDeepStrictEqual(before.get(key)?.value, entry.value)) continue;
      if (!map.update(entry)) this.#options.log(`Error applying egress gateway policy: no space left for ${key}`);
    }
    for (const entry of stale.values()) map.delete(entry);
  }
}

function valueOf({ address, egressIP4, egressIP6 }: Gateway, version6: boolean): PolicyMapValue {
  if (address === undefined) return { kind: 'no-gateway' };
  const egressIP = version6 ? egressIP6 : egressIP4;
  return { kind: 'gateway', address, ...(egressIP !== undefined && { egressIP }) };
}
