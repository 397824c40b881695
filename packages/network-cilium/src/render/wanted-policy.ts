import { familyOf, formatAddress, type Address, type ClaimDecision, type NetworkDecisions } from '@egressip-ipam/core';
import type { ParsedPolicy, ReservedAddress } from '../facts/parse-policy.ts';
import type { CiliumFacts } from '../facts/read-facts.ts';

/** A policy takes no more gateways. */
export const mostGateways = 64;

/** A gateway that a policy shall have. */
export interface WantedGateway {
  readonly address: Address;
  readonly node: string;
  readonly hostname: string;
}

/** What a policy shall be. */
export interface WantedPolicy {
  readonly gateways: readonly WantedGateway[];
  /** The addresses that nothing carries: those whose node is down or none, or all but the one that Cilium can take. */
  readonly reserve: readonly ReservedAddress[];
}

/**
 * The gateways of a claim's addresses of one family, in the order of its annotation. While no address has a node, what
 * is there stays: packets that are dropped at a dead node would otherwise leave by any.
 */
export function wantedPolicy(
  claim: ClaimDecision,
  family: 4 | 6,
  current: ParsedPolicy | undefined,
  decisions: NetworkDecisions,
  facts: CiliumFacts,
): WantedPolicy {
  const addresses = claim.releases ? [] : claim.addresses.filter((address) => familyOf(address) === family);
  const placed = addresses.flatMap((address) => {
    const gateway = gatewayAt(address, decisions.nodeOf(address), facts);
    return gateway === undefined ? [] : [gateway];
  });
  // Pods of a gateway that is down would be dropped, while another could take them.
  const ready = placed.filter(({ node }) => facts.gateways.snapshotOf(node)?.ready === true);
  const able = ready.length > 0 ? ready : placed;
  const kept =
    able.length > 0 ? able : presentGateways(current, facts).filter(({ address }) => addresses.includes(address));
  const gateways = facts.settings.severalGateways ? kept.slice(0, mostGateways) : oneOf(kept, current);
  const carried = new Set(gateways.map(({ address }) => address));
  const others = addresses.filter((address) => !carried.has(address));
  const nodes = new Map(placed.map(({ address, node }) => [address, node]));
  const reserve = inReserve(others, current, facts).map(({ address, node }) => ({
    address,
    node: nodes.get(address) ?? node,
  }));
  return { gateways, reserve };
}

/** Addresses that nothing carries, with the nodes that they were on last. */
export function inReserve(
  addresses: readonly Address[],
  current: ParsedPolicy | undefined,
  { gateways }: CiliumFacts,
): readonly ReservedAddress[] {
  return addresses.map((address) => {
    const hostname = current?.gateways.find((gateway) => gateway.address === address)?.hostname;
    const recorded = current?.reserve.find((other) => other.address === address)?.node ?? '';
    return { address, node: hostname === undefined ? recorded : (gateways.byHostname(hostname) ?? hostname) };
  });
}

function gatewayAt(address: Address, node: string | undefined, { gateways }: CiliumFacts): WantedGateway | undefined {
  const hostname = node === undefined ? undefined : gateways.hostnameOf(node);
  return node === undefined || hostname === undefined ? undefined : { address, node, hostname };
}

/** The gateways that a policy has now, as far as each selects by a hostname. */
export function presentGateways(
  current: ParsedPolicy | undefined,
  { gateways }: CiliumFacts,
): readonly WantedGateway[] {
  return (current?.gateways ?? []).flatMap(({ address, hostname }) =>
    hostname === undefined ? [] : [{ address, hostname, node: gateways.byHostname(hostname) ?? hostname }],
  );
}

/** Where Cilium takes one gateway: the one that carries goes on, as long as it can. */
function oneOf(gateways: readonly WantedGateway[], current: ParsedPolicy | undefined): readonly WantedGateway[] {
  const carrying = gateways.find(({ address }) => current?.gateways[0]?.address === address) ?? gateways[0];
  return carrying === undefined ? [] : [carrying];
}

/** The record of the machines' starts that a policy is written for. */
export function bootsOf(gateways: readonly WantedGateway[], facts: CiliumFacts): string {
  const boots = gateways.flatMap(({ node }) => {
    const bootID = facts.gateways.snapshotOf(node)?.bootID;
    return bootID === undefined ? [] : [`${node}=${bootID}`];
  });
  return [...new Set(boots)].sort().join(',');
}

/** The text of the record of what nothing carries. */
export function reserveText(reserve: readonly ReservedAddress[]): string {
  return reserve
    .map(({ address, node }) => (node === '' ? formatAddress(address) : `${formatAddress(address)}=${node}`))
    .join(',');
}
