import { type LabelSelector, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import {
  asRecord,
  ObjectReader,
  readMaker,
  readOwnership,
  readSelector,
  type AppliedFields,
  type Read,
} from '@egressip-ipam/core/plugin';
import { present } from './egress.ts';

/** Addresses that Antrea may put on the nodes of a selection (crd.antrea.io/v1beta1). No two overlap. */
export interface ExternalIPPoolEntry extends NetworkEntry, Pick<AppliedFields, 'applied'> {
  readonly deletedAt?: string;
  /** As {@link readOwnership} tells. */
  readonly egressIPAM?: string;
  readonly ipRanges: readonly IPRange[];
  readonly nodeSelector: LabelSelector;
  /** `subnetInfo.gateway`: by which its addresses leave. */
  readonly gateway?: string;
}

/** Either `cidr`, or `start` and `end`; as written. */
export interface IPRange {
  readonly cidr?: string;
  readonly start?: string;
  readonly end?: string;
}

/** The kind ExternalIPPool. */
export const externalIPPoolKind: NetworkKind<ExternalIPPoolEntry> = {
  resource: { group: 'crd.antrea.io', version: 'v1beta1', plural: 'externalippools', kind: 'ExternalIPPool' },
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  read: readPool,
};

function readPool(object: unknown): Read<ExternalIPPoolEntry> {
  const reader = new ObjectReader(object, 'ExternalIPPool');
  return reader.result({
    name: reader.name,
    ...present({
      deletedAt: reader.text('metadata', 'deletionTimestamp'),
      egressIPAM: readOwnership(reader),
    }),
    ...readMaker(reader),
    ipRanges: reader.list('spec', 'ipRanges').map((range) => {
      const { cidr, start, end } = asRecord(range);
      return present({ cidr: textOf(cidr), start: textOf(start), end: textOf(end) });
    }),
    nodeSelector: readSelector(reader, 'spec', 'nodeSelector') ?? {},
    ...present({ gateway: reader.text('spec', 'subnetInfo', 'gateway') }),
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
