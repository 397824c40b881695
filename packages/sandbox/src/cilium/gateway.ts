import { compareAddresses } from '../stand-in/address-bytes.ts';
import { isVersion6 } from '../stand-in/addresses.ts';
import { selects } from '../stand-in/label-selector.ts';
import { ownAddress, type CiliumNode } from './cilium-objects.ts';
import type { EgressGatewayPolicy, PolicyGateway } from './egress-gateway-policy.ts';

/** Where an agent sends the traffic of a policy, by its last look. */
export interface Gateway {
  /** The gateway's own IPv4 address, for both families: packets are tunnelled to it. Undefined: no node matches. */
  readonly address?: string;
  /** Only on the gateway itself: what it sends from, by family. Undefined where it is missing: packets are dropped. */
  readonly egressIP4?: string;
  readonly egressIP6?: string;
}

/** What an agent sees when it looks. */
export interface Look {
  /** Name of the agent's own node. */
  readonly local: string;
  /** Sorted by name. */
  readonly nodes: readonly CiliumNode[];
  /** The addresses on any device of the own node now, canonical. */
  readonly addresses: ReadonlySet<string>;
}

/**
 * The gateways of a policy (`regenerateGatewayConfig`): for each that it asks for, the first node by name whose labels
 * match, Ready or not, alive or not. Those without a node are left out as long as another has one; sorted by address.
 */
export function findGateways(policy: EgressGatewayPolicy, look: Look): readonly Gateway[] {
  const isNeeded = {
    4: policy.destinationCIDRs.some((cidr) => !isVersion6(cidr)),
    6: policy.destinationCIDRs.some(isVersion6),
  };
  const found = policy.gateways.flatMap((wanted) => {
    const node = look.nodes.find(
      (each) => selects(wanted.nodeSelector, each.labels) && ownAddress(each, false) !== undefined,
    );
    const address = node && ownAddress(node, false);
    if (node === undefined || address === undefined) return [];
    return [{ address, ...(node.name === look.local && egressAddresses(wanted, node, look, isNeeded)) }];
  });
  return found.length === 0 ? [{}] : found.sort((left, right) => compareAddresses(left.address, right.address));
}

// A family without an egress IP of its own leaves by the device's primary address. One missing address takes both.
function egressAddresses(
  { egressIP, interface: device }: PolicyGateway,
  node: CiliumNode,
  { addresses }: Look,
  isNeeded: { readonly 4: boolean; readonly 6: boolean },
): Pick<Gateway, 'egressIP4' | 'egressIP6'> {
  const given = device === undefined ? egressIP : undefined;
  if (given !== undefined && !addresses.has(given)) return {};
  const of = (version6: boolean): string | undefined =>
    given !== undefined && isVersion6(given) === version6 ? given : ownAddress(node, version6);
  const [egressIP4, egressIP6] = [isNeeded[4] ? of(false) : undefined, isNeeded[6] ? of(true) : undefined];
  if ((isNeeded[4] && egressIP4 === undefined) || (isNeeded[6] && egressIP6 === undefined)) return {};
  return { ...(egressIP4 !== undefined && { egressIP4 }), ...(egressIP6 !== undefined && { egressIP6 }) };
}

/** The gateway of one endpoint of a policy: by FNV-32a of its UID where there are several. */
export function gatewayOfEndpoint(gateways: readonly Gateway[], uid: string): Gateway {
  return gateways[gateways.length > 1 ? fnv32a(uid) % gateways.length : 0] ?? {};
}

/** The 32-bit FNV-1a hash of a text's UTF-8 bytes. */
export function fnv32a(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
