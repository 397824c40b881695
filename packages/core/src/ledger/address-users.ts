import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { rangeWith, roleInNetwork, type AddressRange } from '../address/address-range.ts';
import type { Cidr } from '../address/cidr.ts';
import { RangeIndex } from '../address/range-index.ts';
import type { NetworkFacts, ReservedRange } from '../network-contract/facts.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { keptInSubnet, type NodeSubnets } from './survey.ts';

/** One use of an address. */
interface Use {
  /** In words. */
  readonly by: string;
  /** Of what is ours: the namespace that has it by that. */
  readonly namespace?: string;
  /** The node that lists it among its own addresses, or that an object of the network names for it. */
  readonly node?: string;
  /** The node whose machine has it on an interface, as the provider saw it. */
  readonly interfaceOf?: string;
  /** Seen in the cloud's own network, where what we attached is in use, too. */
  readonly isInCloud?: true;
}

/** What a subnet keeps for itself. */
interface KeptRange extends AddressRange {
  readonly subnet: Cidr;
  /** Taken for a subnet, as no node tells its own. */
  readonly isSupposed: boolean;
}

/**
 * Who uses an address, in words: asked only when a claim meets an address that
 * is not free, so the index is made at the first question.
 */
export class AddressUsers {
  readonly #snapshot: ParsedSnapshot;
  readonly #facts: NetworkFacts;
  readonly #subnets: NodeSubnets;
  #index: ReadonlyMap<Address, readonly Use[]> | undefined;
  #inCloud: Map<Address, string> | undefined;
  #ofNetwork: RangeIndex<ReservedRange> | undefined;
  #ofSubnets: RangeIndex<KeptRange> | undefined;
  readonly #byCidr = new Map<string, RangeIndex<AddressRange>>();

  constructor(snapshot: ParsedSnapshot, facts: NetworkFacts, subnets: NodeSubnets) {
    this.#snapshot = snapshot;
    this.#facts = facts;
    this.#subnets = subnets;
  }

  /** Who uses an address, if anybody does. */
  of(address: Address): string | undefined {
    return this.#usesOf(address)[0]?.by;
  }

  /** All who use an address beside a namespace, what the network has for it, and the node that carries it for it. */
  beside(namespace: string, address: Address, host: string | undefined): readonly string[] {
    const others = this.#usesOf(address).filter(
      (use) => use.isInCloud !== true && use.namespace !== namespace && (use.node === undefined || use.node !== host),
    );
    const isTold = ({ interfaceOf }: Use): boolean =>
      interfaceOf !== undefined && others.some(({ node }) => node === interfaceOf);
    return [...new Set(others.filter((use) => !isTold(use)).map(({ by }) => by))];
  }

  #usesOf(address: Address): readonly Use[] {
    this.#index ??= indexUsers(this.#snapshot, this.#facts);
    return this.#index.get(address) ?? [];
  }

  /** Who uses an address in the cloud's own network, as the provider saw it. */
  inCloud(address: Address): string | undefined {
    if (this.#inCloud === undefined) {
      this.#inCloud = new Map();
      for (const { inUse } of this.#snapshot.observation?.cidrs.values() ?? []) {
        for (const entry of inUse)
          if (!this.#inCloud.has(entry.address)) this.#inCloud.set(entry.address, entry.usedBy);
      }
    }
    return this.#inCloud.get(address);
  }

  /** Why an assignment never hands an address out, if so. */
  reservation({ cidr, reserved }: ParsedAssignment, address: Address): string | undefined {
    const role = roleInNetwork(cidr, address);
    if (role !== undefined) return `it is ${role} of ${cidr.text}`;
    const range = rangeWith(reserved, address);
    if (range !== undefined) return `it is reserved in ${cidr.text} (${textOf(range)})`;
    this.#ofNetwork ??= new RangeIndex(this.#facts.reserved);
    const ofNetwork = this.#ofNetwork.find(address);
    if (ofNetwork !== undefined) return ofNetwork.reason;
    this.#ofSubnets ??= new RangeIndex([
      ...this.#keptIn(this.#subnets.known, false),
      ...this.#keptIn(this.#subnets.supposed, true),
    ]);
    const kept = this.#ofSubnets.find(address);
    if (kept !== undefined) {
      return kept.isSupposed
        ? `the platform keeps ${textOf(kept)} if ${kept.subnet.text} is a subnet, and no node tells its own`
        : `the subnet ${kept.subnet.text} of nodes keeps ${textOf(kept)} for itself`;
    }
    const ofPlatform = this.#ofPlatform(cidr)?.find(address);
    return ofPlatform === undefined ? undefined : `the platform keeps ${textOf(ofPlatform)} for itself`;
  }

  #keptIn(subnets: readonly Cidr[], isSupposed: boolean): readonly KeptRange[] {
    return subnets.flatMap((subnet) =>
      keptInSubnet(this.#snapshot, subnet).map(({ first, last }) => ({ first, last, subnet, isSupposed })),
    );
  }

  /** What the platform keeps of a CIDR. */
  #ofPlatform({ text }: Cidr): RangeIndex<AddressRange> | undefined {
    const reserved = this.#snapshot.observation?.cidrs.get(text)?.reserved;
    if (reserved === undefined) return undefined;
    let index = this.#byCidr.get(text);
    if (index === undefined) this.#byCidr.set(text, (index = new RangeIndex(reserved)));
    return index;
  }
}

function textOf({ first, last }: AddressRange): string {
  return first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

function indexUsers(snapshot: ParsedSnapshot, facts: NetworkFacts): ReadonlyMap<Address, readonly Use[]> {
  const users = new Map<Address, Use[]>();
  const note = (address: Address | undefined, by: string, more: Omit<Use, 'by'> = {}): void => {
    if (address === undefined) return;
    const use = { by, ...more };
    const uses = users.get(address);
    if (uses === undefined) users.set(address, [use]);
    else uses.push(use);
  };
  for (const { name, addresses } of snapshot.nodes) {
    for (const address of [...addresses, ...facts.nodeOf(name).addresses])
      note(address, `node ${name}`, { node: name });
  }
  for (const address of snapshot.virtualIPs) note(address, "the cluster's API, ingress or DNS");
  for (const [name, { fixed }] of snapshot.observation?.nodes ?? []) {
    for (const address of fixed) note(address, `an interface of node ${name}`, { interfaceOf: name });
  }
  for (const { address, usedBy } of snapshot.source.serviceAddresses ?? []) note(parseAddress(address), usedBy);
  for (const { address, by } of facts.used) note(address, by);
  for (const { namespace, object, addresses } of facts.bindings.values()) {
    for (const address of addresses) note(address, `${object.kind} ${object.name}`, { namespace });
  }
  for (const { object, hosted } of facts.hosts) {
    for (const { address, namespace, node } of hosted)
      note(address, `${object.kind} ${object.name}`, {
        node,
        ...(namespace === undefined ? {} : { namespace }),
      });
  }
  for (const { inUse } of snapshot.observation?.cidrs.values() ?? []) {
    for (const { address, usedBy } of inUse) note(address, usedBy, { isInCloud: true });
  }
  return users;
}
