import { type LabelSelector, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import {
  beginningOf,
  ObjectReader,
  readMaker,
  readOwnership,
  readRivalSelector,
  type MakerFields,
  type Read,
} from '@egressip-ipam/core/plugin';
import { namespaceLabel, nodeAnnotation } from './names.ts';

/** Antrea's object: pods, and the address that they leave by (crd.antrea.io/v1beta1). One alone counts for a pod. */
export interface EgressEntry extends NetworkEntry, MakerFields {
  readonly deletedAt?: string;
  /** As {@link readOwnership} tells; anybody who may write Egresses can copy the label. */
  readonly egressIPAM?: string;
  /** Our label with the namespace; empty where an Egress that we made lost it. */
  readonly namespace?: string;
  /** Our annotation with the node, where we place. */
  readonly placedOn?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  /** As written; empty where Antrea is to choose one. */
  readonly egressIP: string;
  /** Empty where whoever made it puts the address on a node. */
  readonly externalIPPool: string;
  /** `status.egressNode`: who has the address; of an Egress without a pool, who had it last. Empty for nobody. */
  readonly egressNode: string;
  /** `status.egressIP`. */
  readonly statusIP: string;
  /** Reason and message of the condition that says that Antrea cannot do it. */
  readonly failure?: string;
}

/** The kind Egress. */
export const egressKind: NetworkKind<EgressEntry> = {
  resource: { group: 'crd.antrea.io', version: 'v1beta1', plural: 'egresses', kind: 'Egress' },
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  read: readEgress,
};

function readEgress(object: unknown): Read<EgressEntry> {
  const reader = new ObjectReader(object, 'Egress');
  const failed = reader
    .list('status', 'conditions')
    .map((condition) => new ObjectReader({ metadata: { name: reader.name }, condition }, 'Egress'))
    .find((condition) => condition.text('condition', 'status') === 'False');
  const failure = failed?.text('condition', 'message');
  const egressIPAM = readOwnership(reader);
  const lost = egressIPAM === undefined ? undefined : '';
  return reader.result({
    name: reader.name,
    ...present({
      deletedAt: reader.text('metadata', 'deletionTimestamp'),
      egressIPAM,
      namespace: reader.text('metadata', 'labels', namespaceLabel) ?? lost,
      placedOn: reader.word('metadata', 'annotations', nodeAnnotation),
      namespaceSelector: readRivalSelector(reader, 'spec', 'appliedTo', 'namespaceSelector'),
      podSelector: readRivalSelector(reader, 'spec', 'appliedTo', 'podSelector'),
      failure: failure === undefined ? undefined : beginningOf(failure),
    }),
    ...(egressIPAM === undefined ? {} : readMaker(reader)),
    egressIP: reader.word('spec', 'egressIP') ?? '',
    externalIPPool: reader.word('spec', 'externalIPPool') ?? '',
    egressNode: reader.word('status', 'egressNode') ?? '',
    statusIP: reader.word('status', 'egressIP') ?? '',
  });
}

/** The fields that have a value. */
export function present<Fields extends object>(
  fields: Fields,
): { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  // Only what is undefined was taken out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
