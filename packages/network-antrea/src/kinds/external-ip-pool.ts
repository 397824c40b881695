import { formatAddress, type LabelSelector, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import {
  asRecord,
  coveringRanges,
  ObjectReader,
  readMaker,
  readOwnership,
  readSelector,
  type AppliedFields,
  type Read,
} from '@egressip-ipam/core/plugin';
import { present } from './egress.ts';
import { boundsOf, type IPRange } from './ip-range.ts';

/** Addresses that Antrea may put on the nodes of a selection (crd.antrea.io/v1beta1). No two overlap. */
export interface ExternalIPPoolEntry extends NetworkEntry, Pick<AppliedFields, 'applied'> {
  readonly deletedAt?: string;
  /** As {@link readOwnership} tells. */
  readonly egressIPAM?: string;
  readonly ipRanges: readonly IPRange[];
  /** Whether its ranges were too many to be kept as they are: those here have more than it has. */
  readonly isInShort?: true;
  /** Of a pool of ours; empty for those of others. */
  readonly nodeSelector: LabelSelector;
  /** `subnetInfo.gateway`: by which its addresses leave. */
  readonly gateway?: string;
}

const mostRanges = 1_024;
const fewRanges = 64;
const longestRange = 80;

/** The kind ExternalIPPool. */
export const externalIPPoolKind: NetworkKind<ExternalIPPoolEntry> = {
  resource: { group: 'crd.antrea.io', version: 'v1beta1', plural: 'externalippools', kind: 'ExternalIPPool' },
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  read: readPool,
};

function readPool(object: unknown): Read<ExternalIPPoolEntry> {
  const reader = new ObjectReader(object, 'ExternalIPPool');
  const egressIPAM = readOwnership(reader);
  return reader.result({
    name: reader.name,
    ...present({ deletedAt: reader.text('metadata', 'deletionTimestamp'), egressIPAM }),
    ...readMaker(reader),
    ...readRanges(reader),
    // Ours may name thousands of nodes; which nodes those of others select matters to nobody.
    nodeSelector: (egressIPAM === undefined ? undefined : readSelector(reader, 'spec', 'nodeSelector')) ?? {},
    ...present({ gateway: reader.word('spec', 'subnetInfo', 'gateway') }),
  });
}

/** Of more ranges than anybody writes by hand few are made that have all of them, and what lies between. */
function readRanges(reader: ObjectReader): Pick<ExternalIPPoolEntry, 'ipRanges' | 'isInShort'> {
  const ranges = reader.list('spec', 'ipRanges');
  if (ranges.length <= mostRanges) return { ipRanges: ranges.map(readRange) };
  const bounds = ranges.flatMap((range) => boundsOf(readRange(range)) ?? []);
  const ipRanges = coveringRanges(bounds, fewRanges).map(({ first, last }) => ({
    start: formatAddress(first),
    end: formatAddress(last),
  }));
  const message = `it has ${ranges.length} ranges, of which no more than ${fewRanges} are made: what lies between them counts as its own, and nothing is changed of it. Make several pools of it`;
  reader.problem('spec.ipRanges', message);
  return { ipRanges, isInShort: true };
}

function readRange(range: unknown): IPRange {
  const { cidr, start, end } = asRecord(range);
  return present({ cidr: textOf(cidr), start: textOf(start), end: textOf(end) });
}

/** What is longer than two IPv6 addresses is neither an address nor a CIDR. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.length > longestRange ? '…' : value;
}
