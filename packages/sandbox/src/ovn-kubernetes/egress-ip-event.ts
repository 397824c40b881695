import { randomBytes } from 'node:crypto';
import { ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { events } from '../stand-in/resources.ts';
import type { EgressIpEvent } from './allocator.ts';

/** Writes an Event as OVN-Kubernetes does: its object has a kind and a name, but no apiVersion and no uid. */
export async function writeEgressIpEvent(
  rest: RestClient,
  egressIp: string,
  { reason, message }: EgressIpEvent,
): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await new ResourceClient(rest, events).create({
    metadata: { name: `${egressIp}.${randomBytes(8).toString('hex')}`, namespace: 'default' },
    involvedObject: { kind: 'EgressIP', name: egressIp },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: 'ovnk-controlplane' },
  });
}
