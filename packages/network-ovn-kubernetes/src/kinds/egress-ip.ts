import { ownershipLabel, type LabelSelector, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import {
  asRecord,
  ObjectReader,
  readApplied,
  readRivalSelector,
  type AppliedFields,
  type RangeText,
  type Read,
} from '@egressip-ipam/core/plugin';
import { isNodeName, keptAddresses, mostAddresses, otherAddresses } from './kept-addresses.ts';
import { markAnnotation, touchedAnnotation } from './names.ts';

/** OVN-Kubernetes' object: addresses, and the pods that leave by them (k8s.ovn.org/v1). */
export interface EgressIPEntry extends NetworkEntry, AppliedFields {
  readonly createdAt: string;
  readonly deletedAt?: string;
  /** Value of our ownership label; anybody can copy it. */
  readonly egressIPAM?: string;
  /** The annotation {@link markAnnotation}, raw. */
  readonly mark?: string;
  /** The annotation {@link touchedAnnotation}, raw. */
  readonly touched?: string;
  readonly egressIPs: readonly string[];
  /** Where its lists are longer than anybody needs: what else it names, in few ranges that may have more than that. */
  readonly others?: readonly RangeText[];
  readonly namespaceSelector: LabelSelector;
  /** Absent where it selects every pod. */
  readonly podSelector?: LabelSelector;
  readonly egressNodeSelector?: LabelSelector;
  /** `status.items`. */
  readonly assigned: readonly AssignedItem[];
}

/** One of `status.items`. */
export interface AssignedItem {
  readonly node: string;
  readonly egressIP: string;
}

/** The kind EgressIP. */
export const egressIPKind: NetworkKind<EgressIPEntry> = {
  resource: { group: 'k8s.ovn.org', version: 'v1', plural: 'egressips', kind: 'EgressIP' },
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  read: readEgressIP,
};

function readEgressIP(object: unknown): Read<EgressIPEntry> {
  const reader = new ObjectReader(object, 'EgressIP');
  const egressIPs = reader.texts('spec', 'egressIPs');
  const items = itemsOf(reader);
  const others = [
    ...otherAddresses(reader, 'spec.egressIPs', egressIPs),
    ...otherAddresses(
      reader,
      'status.items',
      items.map(({ egressIP }) => egressIP),
    ),
  ];
  const podSelector = readRivalSelector(reader, 'spec', 'podSelector');
  return reader.result({
    name: reader.name,
    createdAt: reader.text('metadata', 'creationTimestamp') ?? '',
    ...present({
      deletedAt: reader.text('metadata', 'deletionTimestamp'),
      egressIPAM: reader.text('metadata', 'labels', ownershipLabel),
      mark: reader.word('metadata', 'annotations', markAnnotation),
      touched: reader.word('metadata', 'annotations', touchedAnnotation),
      // An empty pod selector selects every pod, as does none.
      podSelector: podSelector === undefined || Object.keys(podSelector).length === 0 ? undefined : podSelector,
      egressNodeSelector: readRivalSelector(reader, 'spec', 'egressNodeSelector'),
    }),
    ...readApplied(reader),
    egressIPs: keptAddresses(egressIPs),
    ...(others.length === 0 ? {} : { others }),
    namespaceSelector: readRivalSelector(reader, 'spec', 'namespaceSelector') ?? {},
    assigned: items.slice(0, mostAddresses),
  });
}

function itemsOf(reader: ObjectReader): readonly AssignedItem[] {
  return reader.list('status', 'items').flatMap((entry) => {
    const { node, egressIP } = asRecord(entry);
    const isItem = typeof node === 'string' && typeof egressIP === 'string';
    return isItem && isNodeName(node) && isNodeName(egressIP) ? [{ node, egressIP }] : [];
  });
}

/** The fields that have a value. */
function present<Fields extends object>(
  fields: Fields,
): { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  // Only what is undefined was taken out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
