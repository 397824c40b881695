import { formatAddress, type Address } from '../address/address.ts';
import { cidrContains } from '../address/cidr.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { ParsedSnapshot } from '../parse/parser.ts';
import { parseAddresses } from '../parse/parse-namespace.ts';

/**
 * Who uses an address, in words: asked only when a claim meets an address that
 * is not free, so the index is made at the first question.
 */
export class AddressUsers {
  readonly #snapshot: ParsedSnapshot;
  #index: ReadonlyMap<Address, string> | undefined;

  constructor(snapshot: ParsedSnapshot) {
    this.#snapshot = snapshot;
  }

  /** Who uses an address, if it is somebody other than a claim or the network objects of claims. */
  of(address: Address): string | undefined {
    this.#index ??= indexUsers(this.#snapshot);
    return this.#index.get(address);
  }

  /** Who uses an address in the cloud's own network, as the provider saw it. */
  inCloud(address: Address): string | undefined {
    for (const cidr of this.#snapshot.observation?.cidrs.values() ?? []) {
      const found = cidr.inUse.find((entry) => entry.address === address);
      if (found !== undefined) return found.usedBy;
    }
    return undefined;
  }

  /** Why an assignment never hands an address out, if so. */
  reservation(assignment: ParsedAssignment, address: Address): string | undefined {
    const reserved = assignment.reserved.find((range) => cidrContains(range, address));
    if (reserved !== undefined) return `it is reserved in ${assignment.cidr.text} (${range(reserved.first, reserved.last)})`;
    const platform = this.#snapshot.observation?.cidrs
      .get(assignment.cidr.text)
      ?.reserved.find((candidate) => cidrContains(candidate, address));
    return platform === undefined ? undefined : `the platform keeps ${range(platform.first, platform.last)} for itself`;
  }
}

function range(first: Address, last: Address): string {
  return first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

function indexUsers(snapshot: ParsedSnapshot): ReadonlyMap<Address, string> {
  const users = new Map<Address, string>();
  const note = (address: Address | undefined, user: string): void => {
    if (address !== undefined && !users.has(address)) users.set(address, user);
  };
  for (const node of snapshot.nodes) node.addresses.forEach((address) => note(address, `node ${node.name}`));
  for (const hostSubnet of snapshot.hostSubnets) note(hostSubnet.hostIP, `node ${hostSubnet.name}`);
  for (const address of parseAddresses(snapshot.source.infrastructure.virtualIPs)) note(address, "the cluster's API or ingress");
  for (const [name, node] of snapshot.observation?.nodes ?? []) node.fixed.forEach((address) => note(address, `an interface of node ${name}`));
  for (const egressIP of snapshot.egressIPs) {
    if (!egressIP.source.ours) egressIP.egressIPs.forEach((address) => note(address, `EgressIP ${egressIP.name}`));
  }
  for (const netNamespace of snapshot.namespaces.netSources) parseAddresses(netNamespace.egressIPs).forEach((address) => note(address, `NetNamespace ${netNamespace.name}`));
  for (const hostSubnet of snapshot.hostSubnets) hostSubnet.egressIPs.forEach((address) => note(address, `HostSubnet ${hostSubnet.name}`));
  for (const config of snapshot.cloudPrivateIPConfigs) note(config.address, `CloudPrivateIPConfig ${config.name}`);
  for (const cidr of snapshot.observation?.cidrs.values() ?? []) cidr.inUse.forEach(({ address, usedBy }) => note(address, usedBy));
  return users;
}
