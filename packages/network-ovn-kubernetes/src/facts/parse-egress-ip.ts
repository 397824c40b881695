import {
  parseAddress,
  parseAddresses,
  type Address,
  type BindingFacts,
  type HostedAddress,
  type HostFacts,
  type ObjectReference,
} from '@egressip-ipam/core';
import type { EgressIPEntry } from '../kinds/egress-ip.ts';
import { egressIPName, namespaceNameLabel, namespaceOfName } from '../kinds/names.ts';
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
  /** Whether it is ours for certain (law 5); see {@link isProven}. */
  readonly ours: boolean;
  readonly addresses: readonly Address[];
  readonly unconfirmed: readonly Address[];
  readonly hosted: readonly HostedAddress[];
  /** Its node selector in canonical form; undefined for none. */
  readonly nodeSelector: string | undefined;

  constructor(source: EgressIPEntry, intern: Interner) {
    const { name, egressNodeSelector } = source;
    const selected = selectedNamespace(source);
    this.name = name;
    this.source = source;
    this.selected = selected;
    this.ours = isProven(source, selected);
    // What is ours may have been diverted by hand: its name still says for whom we made it.
    const named = namespaceOfName(name);
    this.namespace = (this.ours ? (named ?? selected) : (selected ?? named)) ?? '';
    this.addresses = distinct(parseAddresses(source.egressIPs));
    this.unconfirmed = source.unconfirmed === undefined ? none : parseAddresses(source.unconfirmed);
    this.hosted = source.assigned.length === 0 ? none : hostedBy(source, this.ours, this.namespace, intern);
    this.nodeSelector = egressNodeSelector === undefined ? undefined : intern(selectorText(egressNodeSelector));
  }

  get object(): ObjectReference {
    return { kind: 'EgressIP', name: this.name };
  }
}

/**
 * Our label alone proves nothing, as anybody can copy it. Where managed fields tell who applied the object, they
 * decide; where they are left out, as in files, the name has to be the one that we give.
 */
function isProven({ name, egressIPAM, applied }: EgressIPEntry, selected: string | undefined): boolean {
  if (egressIPAM === undefined) return false;
  return applied ?? (selected === undefined ? namespaceOfName(name) !== undefined : name === egressIPName(selected));
}

function selectedNamespace({ namespaceSelector }: EgressIPEntry): string | undefined {
  const { matchLabels = {}, matchExpressions = none } = namespaceSelector;
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 1
    ? matchLabels[namespaceNameLabel]
    : undefined;
}

function distinct(addresses: readonly Address[]): readonly Address[] {
  const isRepeated = (address: Address, index: number): boolean => addresses.indexOf(address) !== index;
  return addresses.some(isRepeated) ? [...new Set(addresses)] : addresses;
}

function hostedBy(
  { assigned }: EgressIPEntry,
  ours: boolean,
  namespace: string,
  intern: Interner,
): readonly HostedAddress[] {
  const hosted: HostedAddress[] = [];
  for (const { node, egressIP } of assigned) {
    const address = parseAddress(egressIP);
    if (address !== undefined) hosted.push({ address, node: intern(node), ours, namespace, state: 'shown' });
  }
  return hosted;
}
