import type {
  InterfaceLimits,
  NodeObservation,
  ProviderErrorDescription,
  ProviderInterface,
} from '@egressip-ipam/core';
import type { InterfaceFacts } from '../ec2/interface-facts.ts';
import type { TypeLimits, TypeReading } from '../instance-types/instance-types.ts';
import type { Machine } from './machines.ts';
import type { SubnetFacts } from './subnet-facts.ts';

/** What was found out about one node's machine. */
export interface NodeFacts {
  readonly node: string;
  readonly machine: Machine;
  /** The interfaces of its instance that were seen. */
  readonly interfaces: readonly InterfaceFacts[];
  readonly subnets: ReadonlyMap<string, SubnetFacts>;
  readonly limits: TypeReading;
  /** Why its main interface's subnet could not be read. */
  readonly unreadable?: ProviderErrorDescription | undefined;
}

/** Tells a node's interfaces and limits, or what of them could not be read. */
export function observeNode({ node, machine, interfaces, subnets, limits, unreadable }: NodeFacts): NodeObservation {
  if (unreadable !== undefined) return { node, error: unreadable };
  const main = interfaces.find(({ id }) => id === machine.interfaceId);
  if (main === undefined) {
    return {
      node,
      error: {
        class: 'not-found',
        message: `the main interface ${machine.interfaceId} of node ${node} (instance ${machine.instanceId}) is gone; the instance was probably terminated`,
      },
    };
  }
  if (!subnets.has(main.subnetId))
    return {
      node,
      error: {
        class: 'not-found',
        message: `subnet ${main.subnetId} of node ${node} could not be read; permit ec2:DescribeSubnets on it`,
      },
    };
  if ('error' in limits) return { node, error: limits.error };
  return {
    node,
    interfaces: [main, ...interfaces.filter(({ id }) => id !== main.id)].map((facts) =>
      shownInterface(facts, facts === main, subnets),
    ),
    limits: withoutPrefixes(limits, main),
  };
}

function shownInterface(
  { id, subnetId, addresses }: InterfaceFacts,
  main: boolean,
  subnets: ReadonlyMap<string, SubnetFacts>,
): ProviderInterface {
  return {
    id,
    main,
    subnets: (subnets.get(subnetId)?.cidrs ?? []).map(({ text }) => text),
    addresses: addresses.map(({ address, primary }) => ({ address, primary })),
  };
}

/**
 * The type's addresses per interface, primary and foreign ones included, less the delegated prefixes, which take a
 * place each.
 */
function withoutPrefixes(limits: TypeLimits, { prefixes }: InterfaceFacts): InterfaceLimits {
  const count = (family: 4 | 6): number => prefixes.filter((prefix) => prefix.family === family).length;
  return { ipv4: Math.max(0, limits.ipv4 - count(4)), ipv6: Math.max(0, limits.ipv6 - count(6)) };
}
