import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import type { AddressRange } from '../address/address-range.ts';
import { cidrContains, type Cidr } from '../address/cidr.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { keptInSubnet } from './survey.ts';

/**
 * Who uses an address, in words: asked only when a claim meets an address that
 * is not free, so the index is made at the first question.
 */
export class AddressUsers {
  readonly #snapshot: ParsedSnapshot;
  readonly #facts: NetworkFacts;
  readonly #subnets: readonly Cidr[];
  #index: ReadonlyMap<Address, string> | undefined;

  constructor(snapshot: ParsedSnapshot, facts: NetworkFacts, subnets: readonly Cidr[]) {
    this.#snapshot = snapshot;
    this.#facts = facts;
    this.#subnets = subnets;
  }

  /** Who uses an address, if it is somebody other than a claim. */
  of(address: Address): string | undefined {
    this.#index ??= indexUsers(this.#snapshot, this.#facts);
    return this.#index.get(address);
  }

  /** Who uses an address in the cloud's own network, as the provider saw it. */
  inCloud(address: Address): string | undefined {
    for (const { inUse } of this.#snapshot.observation?.cidrs.values() ?? []) {
      const found = inUse.find((entry) => entry.address === address);
      if (found !== undefined) return found.usedBy;
    }
    return undefined;
  }

  /** Why an assignment never hands an address out, if so. */
  reservation({ cidr, reserved }: ParsedAssignment, address: Address): string | undefined {
    const range = reserved.find((candidate) => cidrContains(candidate, address));
    if (range !== undefined) return `it is reserved in ${cidr.text} (${textOf(range)})`;
    const ofNetwork = this.#facts.reserved.find((candidate) => cidrContains(candidate, address));
    if (ofNetwork !== undefined) return ofNetwork.reason;
    for (const subnet of this.#subnets) {
      const kept = keptInSubnet(this.#snapshot, subnet).find((candidate) => cidrContains(candidate, address));
      if (kept !== undefined) return `the subnet ${subnet.text} of nodes keeps ${textOf(kept)} for itself`;
    }
    const ofPlatform = this.#snapshot.observation?.cidrs
      .get(cidr.text)
      ?.reserved.find((candidate) => cidrContains(candidate, address));
    return ofPlatform === undefined ? undefined : `the platform keeps ${textOf(ofPlatform)} for itself`;
  }
}

function textOf({ first, last }: AddressRange): string {
  return first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

function indexUsers(snapshot: ParsedSnapshot, facts: NetworkFacts): ReadonlyMap<Address, string> {
  const users = new Map<Address, string>();
  const note = (address: Address | undefined, user: string): void => {
    if (address !== undefined && !users.has(address)) users.set(address, user);
  };
  for (const { name, addresses } of snapshot.nodes) {
    for (const address of [...addresses, ...facts.nodeOf(name).addresses]) note(address, `node ${name}`);
  }
  for (const address of snapshot.virtualIPs) note(address, "the cluster's API, ingress or DNS");
  for (const [name, { fixed }] of snapshot.observation?.nodes ?? []) {
    for (const address of fixed) note(address, `an interface of node ${name}`);
  }
  for (const { address, usedBy } of snapshot.source.serviceAddresses ?? []) note(parseAddress(address), usedBy);
  for (const { address, by } of facts.used) note(address, by);
  for (const { object, addresses } of facts.bindings.values()) {
    for (const address of addresses) note(address, `${object.kind} ${object.name}`);
  }
  for (const { object, hosted } of facts.hosts) {
    for (const { address } of hosted) note(address, `${object.kind} ${object.name}`);
  }
  for (const { inUse } of snapshot.observation?.cidrs.values() ?? []) {
    for (const { address, usedBy } of inUse) note(address, usedBy);
  }
  return users;
}
