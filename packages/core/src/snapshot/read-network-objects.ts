import { fieldManager, hostedCIDRsAnnotation, hostedIPsAnnotation, ownershipLabel } from './names.ts';
import { ObjectReader, type Read } from './object-reader.ts';
import { readSelector } from './read-selector.ts';
import type { CloudPrivateIPConfigSnapshot, EgressIPSnapshot, HostSubnetSnapshot, NetNamespaceSnapshot } from './snapshot.ts';

/** Reads a HostSubnet. Never throws. */
export function readHostSubnet(object: unknown): Read<HostSubnetSnapshot> {
  const reader = new ObjectReader(object, 'HostSubnet');
  const hostedIPs = reader.text('metadata', 'annotations', hostedIPsAnnotation);
  const hostedCIDRs = reader.text('metadata', 'annotations', hostedCIDRsAnnotation);
  return reader.result({
    name: reader.name,
    hostIP: reader.text('hostIP') ?? '',
    egressIPs: reader.texts('egressIPs'),
    egressCIDRs: reader.texts('egressCIDRs'),
    ...(hostedIPs === undefined ? {} : { hostedIPs }),
    ...(hostedCIDRs === undefined ? {} : { hostedCIDRs }),
  });
}

/** Reads a NetNamespace. Never throws. */
export function readNetNamespace(object: unknown): Read<NetNamespaceSnapshot> {
  const reader = new ObjectReader(object, 'NetNamespace');
  return reader.result({ name: reader.name, egressIPs: reader.texts('egressIPs') });
}

/** Reads an EgressIP. Never throws. */
export function readEgressIP(object: unknown): Read<EgressIPSnapshot> {
  const reader = new ObjectReader(object, 'EgressIP');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const appliedAt = readAppliedAt(reader);
  const podSelector = readSelector(reader, 'spec', 'podSelector');
  const egressNodeSelector = readSelector(reader, 'spec', 'egressNodeSelector');
  return reader.result({
    name: reader.name,
    createdAt: reader.text('metadata', 'creationTimestamp') ?? '',
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(appliedAt === undefined ? {} : { appliedAt }),
    ours: reader.text('metadata', 'labels', ownershipLabel) !== undefined,
    egressIPs: reader.texts('spec', 'egressIPs'),
    namespaceSelector: readSelector(reader, 'spec', 'namespaceSelector') ?? {},
    // An empty pod selector selects every pod, as does none.
    ...(podSelector === undefined || Object.keys(podSelector).length === 0 ? {} : { podSelector }),
    ...(egressNodeSelector === undefined ? {} : { egressNodeSelector }),
    assigned: reader.list('status', 'items').flatMap((entry) => {
      const item = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
      return typeof item['node'] === 'string' && typeof item['egressIP'] === 'string' ? [{ node: item['node'], egressIP: item['egressIP'] }] : [];
    }),
  });
}

/** `kubectl get` leaves managed fields out, unless it is told to show them. */
function readAppliedAt(reader: ObjectReader): string | undefined {
  const times = reader.list('metadata', 'managedFields').flatMap((entry) => {
    const { manager, operation, time } = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
    return manager === fieldManager && operation === 'Apply' && typeof time === 'string' ? [time] : [];
  });
  return times[0];
}

/** Reads a CloudPrivateIPConfig. Never throws. */
export function readCloudPrivateIPConfig(object: unknown): Read<CloudPrivateIPConfigSnapshot> {
  const reader = new ObjectReader(object, 'CloudPrivateIPConfig');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const createdAt = reader.text('metadata', 'creationTimestamp');
  const generation = reader.number('metadata', 'generation');
  const specNode = reader.text('spec', 'node');
  const statusNode = reader.text('status', 'node');
  const conditions = reader.list('status', 'conditions').filter((entry) => typeof entry === 'object' && entry !== null) as readonly Readonly<Record<string, unknown>>[];
  const assigned = conditions.find((condition) => condition['type'] === 'Assigned');
  const text = (key: string): string | undefined => (typeof assigned?.[key] === 'string' ? assigned[key] : undefined);
  const [status, reason, message] = [text('status'), text('reason'), text('message')];
  return reader.result({
    name: reader.name,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(generation === undefined ? {} : { generation }),
    ...(specNode === undefined ? {} : { specNode }),
    ...(statusNode === undefined ? {} : { statusNode }),
    ...(status === undefined ? {} : { assigned: status }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  });
}
