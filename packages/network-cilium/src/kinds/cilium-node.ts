import { type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { asRecord, ObjectReader, type Read } from '@egressip-ipam/core/plugin';
import { hostnameLabel } from './names.ts';

/** What an agent tells of its node (cilium.io/v2). Read, never written. */
export interface CiliumNodeEntry extends NetworkEntry {
  /**
   * Its label {@link hostnameLabel}, by which agents find a gateway; empty where it has others alone. One without any
   * label, which no agent makes, does not say, nor do snapshots that an earlier version saved.
   */
  readonly hostname?: string;
  /** CIDRs of its pods. */
  readonly podCIDRs: readonly string[];
  /** Addresses of the node itself, and what Cilium has on it for itself. */
  readonly addresses: readonly string[];
}

/** More than any node has. */
const mostEntries = 1_024;
/** Characters of an IPv6 address at its longest, and a prefix. */
const longestText = 43;

/** The kind CiliumNode. */
export const ciliumNodeKind: NetworkKind<CiliumNodeEntry> = {
  resource: { group: 'cilium.io', version: 'v2', plural: 'ciliumnodes', kind: 'CiliumNode' },
  optional: true,
  verbs: ['list', 'watch'],
  read: readCiliumNode,
};

/**
 * Addresses of single pods are left out (`spec.ipam.pool`): on AWS all that an interface has stands there, egress
 * addresses among them.
 */
function readCiliumNode(object: unknown): Read<CiliumNodeEntry> {
  const reader = new ObjectReader(object, 'CiliumNode');
  const ofPools = reader.list('spec', 'ipam', 'pools', 'allocated').flatMap((entry) => asRecord(entry)['cidrs']);
  const ofHost = reader.list('spec', 'addresses').map((entry) => asRecord(entry)['ip']);
  const ofCilium = ['health', 'ingress'].flatMap((part) =>
    ['ipv4', 'ipv6'].map((family) => reader.text('spec', part, family)),
  );
  const { labels } = asRecord(asRecord(object)['metadata']);
  const isLabelled = Object.keys(asRecord(labels)).length > 0;
  const podCIDRs = [...reader.texts('spec', 'ipam', 'podCIDRs'), ...ofPools.filter(isText)];
  const addresses = [...ofHost, ...ofCilium].filter(isText);
  return reader.result({
    name: reader.name,
    ...(isLabelled && { hostname: reader.word('metadata', 'labels', hostnameLabel) ?? '' }),
    podCIDRs: firstOf(reader, 'spec.ipam', podCIDRs),
    addresses: firstOf(reader, 'spec.addresses', addresses),
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What is left out counts as if it were not there: an agent could else name every address of every pool as its own. */
function firstOf(reader: ObjectReader, field: string, texts: readonly string[]): readonly string[] {
  const short = texts.filter(({ length }) => length <= longestText);
  return reader.upTo(mostEntries, field, short);
}
