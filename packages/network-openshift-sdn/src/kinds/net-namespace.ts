import { type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import { ObjectReader, type RangeText, type Read } from '@egressip-ipam/core/plugin';
import { shorten } from './long-lists.ts';

/** OpenShift SDN's object per namespace, named like it; the SDN makes it (network.openshift.io/v1). */
export interface NetNamespaceEntry extends NetworkEntry {
  /** What the namespace's traffic is bound to. */
  readonly egressIPs: readonly string[];
  /**
   * Where that is longer than any project's: what it names, in few ranges; it proves nothing then, and is never
   * written.
   */
  readonly others?: readonly RangeText[];
  /** The number of its network, by which the SDN binds; several projects may be joined to one, 0 is that of all. */
  readonly netid?: number;
}

/** The kind NetNamespace. */
export const netNamespaceKind: NetworkKind<NetNamespaceEntry> = {
  resource: { group: 'network.openshift.io', version: 'v1', plural: 'netnamespaces', kind: 'NetNamespace' },
  otherApiVersions: ['v1'],
  belongsTo: 'namespace',
  verbs: ['get', 'list', 'watch', 'patch'],
  read: readNetNamespace,
};

/** A namespace has 128 at the most; in the midst of changes, and with what others bind, it may have some more. */
const mostBound = 1_024;

function readNetNamespace(object: unknown): Read<NetNamespaceEntry> {
  const reader = new ObjectReader(object, 'NetNamespace');
  const netid = readNetid(reader);
  const { texts, others } = shorten(reader, 'egressIPs', mostBound);
  return reader.result({
    name: reader.name,
    egressIPs: texts,
    ...(others === undefined ? {} : { others }),
    ...(netid === undefined ? {} : { netid }),
  });
}

/** A number of 24 bits, as the SDN gives them. */
function readNetid(reader: ObjectReader): number | undefined {
  const netid = reader.number('netid');
  if (netid === undefined || (Number.isInteger(netid) && netid >= 0 && netid < 2 ** 24)) return netid;
  reader.problem('netid', `${netid} is no number of a network, which are from 0 to 16777215; it counts as unknown`);
  return undefined;
}
