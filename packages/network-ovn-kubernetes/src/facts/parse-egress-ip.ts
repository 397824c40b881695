import {
  parseAddress,
  type Address,
  type BindingFacts,
  type HostedAddress,
  type HostFacts,
  type HostingState,
  type ObjectReference,
} from '@egressip-ipam/core';
import { canonicalTexts, hasDuplicate, parseAddresses } from '@egressip-ipam/core/plugin';
import type { EgressIPEntry } from '../kinds/egress-ip.ts';
import { egressIPName, isNameFor, namespaceNameLabel, namespaceOfName } from '../kinds/names.ts';
import { selectorText } from './selector-text.ts';

const none: readonly never[] = [];

/** Gives equal texts one identity, so that they compare fast. */
export type Interner = (text: string) => string;

/** An EgressIP with its addresses parsed. It binds a namespace, by its spec, and tells who hosts, by its status. */
export class ParsedEgressIP implements HostFacts, BindingFacts {
  readonly name: string;
  readonly source: EgressIPEntry;
  /** The one namespace that it selects by its name; undefined where it selects otherwise. */
  readonly selected: string | undefined;
  /** The namespace that it is for, as far as it is for one; empty for none. */
  readonly namespace: string;
  /** Whether it is ours (law 5); see {@link proofOf}. */
  readonly ours: boolean;
  /** Whether it is ours only if our record of its namespace confirms that: its managed fields do not tell. */
  readonly awaitsRecord: boolean;
  readonly addresses: readonly Address[];
  readonly texts: readonly string[] | undefined;
  readonly unconfirmed: readonly Address[];
  readonly hosted: readonly HostedAddress[];
  /** Its node selector in canonical form; undefined for none. */
  readonly nodeSelector: string | undefined;

  /** @param isOfOthers that it is somebody else's is known, whatever it says itself */
  constructor(source: EgressIPEntry, intern: Interner, isOfOthers = false) {
    const { name, egressNodeSelector } = source;
    const selected = selectedNamespace(source);
    const proof = isOfOthers ? 'none' : proofOf(source, selected);
    this.name = name;
    this.source = source;
    this.selected = selected;
    this.ours = proof !== 'none';
    this.awaitsRecord = proof === 'record';
    // What is ours may have been diverted by hand: its name still says for whom we made it.
    const named = selected !== undefined && isNameFor(name, selected) ? selected : namespaceOfName(name);
    this.namespace = (this.ours ? (named ?? selected) : (selected ?? named)) ?? '';
    const addresses = parseAddresses(source.egressIPs);
    this.addresses = hasDuplicate(addresses) ? [...new Set(addresses)] : addresses;
    this.texts = canonicalTexts(source.egressIPs, this.addresses);
    this.unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
    this.hosted = source.assigned.length === 0 ? none : hostedBy(this, source, intern);
    this.nodeSelector = egressNodeSelector === undefined ? undefined : intern(selectorText(egressNodeSelector));
  }

  get byRecord(): boolean {
    return this.awaitsRecord;
  }

  /** Of one that has our label: else it is no copy of ours, and tells itself whose it is. */
  get madeByOthers(): boolean {
    return this.source.egressIPAM !== undefined && this.source.applied === false;
  }

  get object(): ObjectReference {
    return { kind: 'EgressIP', name: this.name };
  }
}

/**
 * Our label alone proves nothing, as anybody can copy it. Where managed fields tell who applied the object, they
 * decide; but what nobody else has written of has the name that we give for what it selects, or was applied in our
 * name. What somebody else made has to be just what we would make, and our record of its namespace confirms it: it was
 * restored from a backup. Where they tell no time after it was made, the name has to be the one that we give for what
 * it selects. Where they are left out altogether, as in files, it has to be one that we give, and our record of its
 * namespace confirms it: somebody may have diverted or narrowed what we made.
 */
function proofOf(
  { name, egressIPAM, applied, appliedAlone, appliedAt, podSelector }: EgressIPEntry,
  selected: string | undefined,
): 'certain' | 'record' | 'none' {
  const certain = (is: boolean): 'certain' | 'none' => (is ? 'certain' : 'none');
  if (egressIPAM === undefined) return 'none';
  if (appliedAlone === true) return certain(selected !== undefined && isNameFor(name, selected));
  const isNamed = namespaceOfName(name) !== undefined;
  if (applied === false && podSelector === undefined && selected !== undefined && name === egressIPName(selected))
    return 'record';
  if (applied !== undefined) return certain(applied);
  if (appliedAt === undefined) return isNamed ? 'record' : 'none';
  return certain(selected === undefined ? isNamed : name === egressIPName(selected));
}

function selectedNamespace({ namespaceSelector }: EgressIPEntry): string | undefined {
  const { matchLabels = {}, matchExpressions = none } = namespaceSelector;
  if (matchExpressions.length > 0) return undefined;
  for (const label in matchLabels) if (label !== namespaceNameLabel) return undefined;
  return matchLabels[namespaceNameLabel];
}

function hostedBy(of: ParsedEgressIP, { assigned }: EgressIPEntry, intern: Interner): readonly HostedAddress[] {
  const hosted = assigned.map(({ node, egressIP }) => {
    const address = parseAddress(egressIP);
    return address === undefined ? undefined : new AssignedAddress(of, address, intern(node));
  });
  return hosted.every((entry) => entry !== undefined) ? hosted : hosted.filter((entry) => entry !== undefined);
}

/** An address that the network has put on a node. */
class AssignedAddress implements HostedAddress {
  readonly address: Address;
  readonly node: string;
  readonly #of: ParsedEgressIP;

  constructor(of: ParsedEgressIP, address: Address, node: string) {
    this.address = address;
    this.node = node;
    this.#of = of;
  }

  get ours(): boolean {
    return this.#of.ours;
  }

  get namespace(): string {
    return this.#of.namespace;
  }

  get state(): HostingState {
    return 'shown';
  }
}
