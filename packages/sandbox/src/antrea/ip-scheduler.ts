import { selects, type Labels } from '../stand-in/label-selector.ts';
import { isSchedulable, type Egress, type ExternalIpPoolSpec } from './antrea-objects.ts';
import { ConsistentHash } from './consistent-hash.ts';

/** The annotation by which a node says how many egress IPs it takes. */
export const maxEgressIpsAnnotation = 'node.antrea.io/max-egress-ips';
const defaultMaxEgressIps = 255;

/** A node as the scheduler sees it. */
export interface SchedulerNode {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What an agent's scheduler decides from. */
export interface ScheduleInput {
  /** Oldest first, then by name. */
  readonly egresses: readonly Egress[];
  readonly pools: ReadonlyMap<string, ExternalIpPoolSpec>;
  readonly nodes: readonly SchedulerNode[];
  /** Names of the nodes that this agent's memberlist holds alive. Whether a Node is Ready does not count. */
  readonly alive: ReadonlySet<string>;
}

/** Where an Egress's address goes. */
export type Schedule = { readonly node: string } | { readonly error: string };

/**
 * The node of each schedulable Egress (`ip_scheduler.go`): by consistent hash of the address over the pool's nodes that
 * are alive and have room; the older Egress chooses first. Nothing is remembered: a node that comes back gets its
 * addresses again.
 */
export function scheduleEgresses({ egresses, pools, nodes, alive }: ScheduleInput): Map<string, Schedule> {
  const limits = new Map(nodes.map((node) => [node.name, maxEgressIps(node)]));
  const rings = new Map(
    [...pools].map(([name, { nodeSelector }]) => {
      const members = nodes.filter((node) => alive.has(node.name) && selects(nodeSelector, node.labels));
      return [name, new ConsistentHash(members.map((node) => node.name))];
    }),
  );
  const onNode = new Map<string, Set<string>>();
  const result = new Map<string, Schedule>();
  for (const egress of egresses.filter(isSchedulable)) {
    const { egressIP, externalIPPool } = egress.spec;
    const hasRoom = (name: string): boolean => {
      const addresses = onNode.get(name) ?? new Set();
      return addresses.size + (addresses.has(egressIP) ? 0 : 1) <= (limits.get(name) ?? defaultMaxEgressIps);
    };
    const ring = rings.get(externalIPPool);
    const node = ring?.nodeOf(egressIP, hasRoom);
    if (node === undefined) {
      result.set(egress.name, {
        error: ring
          ? 'no Node available'
          : `local Node consistentHashMap has not synced, ExternalIPPool ${externalIPPool}`,
      });
      continue;
    }
    result.set(egress.name, { node });
    const addresses = onNode.get(node) ?? new Set();
    onNode.set(node, addresses.add(egressIP));
  }
  return result;
}

// What is no integer counts as not written.
function maxEgressIps({ annotations }: SchedulerNode): number {
  const text = annotations[maxEgressIpsAnnotation] ?? '';
  return /^[+-]?\d+$/.test(text) ? Number(text) : defaultMaxEgressIps;
}
