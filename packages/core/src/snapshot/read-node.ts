import { parseAddress } from '../address/address.ts';
import { egressIPConfigAnnotation } from './names.ts';
import type { Read } from '../finding/read.ts';
import { asRecord, ObjectReader } from './object-reader.ts';
import type { NodeSnapshot } from './snapshot.ts';

/**
 * More than any node has: its kubelet may write as many as fit into an object. What is left out is said, and counts as
 * if it were not there, which concerns that node alone.
 */
const most = { labels: 1_024, addresses: 256, podCIDRs: 64, taints: 256 };
/** Characters: thousands of addresses. */
const longestAnnotation = 65_536;

/**
 * Reads a Node, with the annotations of these keys, which the network's back end asks for, and what is announced of its
 * interface. Never throws.
 */
export function readNode(object: unknown, annotationKeys: readonly string[] = []): Read<NodeSnapshot> {
  const reader = new ObjectReader(object, 'Node');
  const providerID = reader.text('spec', 'providerID');
  const bootID = reader.text('status', 'nodeInfo', 'bootID');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const podCIDRs = reader.upTo(most.podCIDRs, 'spec.podCIDRs', reader.texts('spec', 'podCIDRs'));
  const taints = taintsOf(reader);
  const annotations = annotationsOf(reader, annotationKeys);
  return reader.result({
    name: reader.name,
    labels: labelsOf(reader),
    ready: isReady(reader),
    ...(reader.flag('spec', 'unschedulable') === true ? { unschedulable: true } : {}),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(taints.length === 0 ? {} : { taints }),
    addresses: addressesOf(reader),
    ...(podCIDRs.length === 0 ? {} : { podCIDRs }),
    ...(providerID === undefined ? {} : { providerID }),
    ...(bootID === undefined ? {} : { bootID }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  });
}

function annotationsOf(reader: ObjectReader, keys: readonly string[]): Readonly<Record<string, string>> {
  const values = [...new Set([egressIPConfigAnnotation, ...keys])].flatMap((key) => {
    const value = reader.bounded(longestAnnotation, 'metadata', 'annotations', key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(values);
}

/** A condition that is not there, or not understood, is not True. */
function isReady(reader: ObjectReader): boolean {
  return reader.list('status', 'conditions').some((entry) => {
    const { type, status } = asRecord(entry);
    return type === 'Ready' && status === 'True';
  });
}

/** `status.addresses` holds host names too: only what is an address counts. */
function addressesOf(reader: ObjectReader): readonly string[] {
  const addresses = reader.list('status', 'addresses').flatMap((entry) => {
    const { address } = asRecord(entry);
    return typeof address === 'string' && parseAddress(address) !== undefined ? [address] : [];
  });
  return reader.upTo(most.addresses, 'status.addresses', addresses);
}

function taintsOf(reader: ObjectReader): readonly string[] {
  const taints = reader.list('spec', 'taints').flatMap((entry) => {
    const { key } = asRecord(entry);
    return typeof key === 'string' ? [key] : [];
  });
  return reader.upTo(most.taints, 'spec.taints', taints);
}

function labelsOf(reader: ObjectReader): Readonly<Record<string, string>> {
  const labels = reader.map('metadata', 'labels');
  const entries = Object.entries(labels);
  if (entries.length <= most.labels) return labels;
  return Object.fromEntries(reader.upTo(most.labels, 'metadata.labels', entries));
}
