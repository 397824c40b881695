import { plan, type NetworkEntry } from '@egressip-ipam/core';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { cloudPrivateIPConfigKind } from './cloud-private-ip-config.ts';
import { egressIPKind, type EgressIPEntry } from './egress-ip.ts';

const text = 'x'.repeat(500_000);
/** Addresses of 10.1.0.0/16, and one of the pool at the end. */
const addresses = [...Array.from({ length: 60_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`), '10.0.0.1'];
const annotations = {
  'k8s.ovn.org/host-cidrs': '["10.0.0.200/24"]',
  'k8s.ovn.org/node-primary-ifaddr': '{"ipv4":"10.0.0.200/24"}',
};
const metadata = { name: 'theirs', creationTimestamp: '2026-01-01T00:00:00Z' };

function readEgressIP(spec: object, status: object = {}): { readonly entry: EgressIPEntry; readonly fields: unknown } {
  const read = egressIPKind.read({ metadata, spec: { namespaceSelector: {}, egressIPs: [], ...spec }, status });
  if (!read.ok) throw new Error('it is not read');
  return { entry: read.value, fields: read.problems.map(({ field }) => field) };
}

function planned(entry: NetworkEntry, egressips?: string) {
  const snapshot = aSnapshot(
    {
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
      nodes: [aNode('node1', 'a', { annotations })],
      namespaces: [aNamespace('shop', 0, egressips === undefined ? {} : { egressIPs: egressips })],
      network: { name: 'ovn-kubernetes', objects: { EgressIP: [entry] } },
    },
    network,
  );
  return plan(snapshot, network);
}

describe('what others made on OVN-Kubernetes, as long as the API server takes it', () => {
  it.each([
    ['addresses', { egressIPs: addresses }, {}, 'spec.egressIPs'],
    ['assigned ones', {}, { items: addresses.map((egressIP) => ({ egressIP, node: 'node1' })) }, 'status.items'],
  ])('an EgressIP with %s without end leaves little, and each of them is in use', (_what, spec, status, field) => {
    const { entry, fields } = readEgressIP(spec, status);
    expect(JSON.stringify(entry).length).toBeLessThan(16_000);
    expect(fields).toEqual([field]);
    expect(planned(entry).allocations).toMatchObject([{ addresses: ['10.0.0.2'] }]);
    const [waiting] = planned(entry, '10.0.0.1').waiting;
    expect(waiting?.reason.message).toContain('EgressIP theirs, which has more addresses than are read one by one');
  });

  it('leaves nothing of texts that are no address, no node and no label', () => {
    const { entry } = readEgressIP(
      { egressIPs: [text], podSelector: { matchLabels: { app: text } } },
      { items: [{ egressIP: '10.0.0.1', node: text }] },
    );
    expect(JSON.stringify(entry).length).toBeLessThan(500);
    // The node is none, and the address is on none.
    expect(entry.assigned).toEqual([]);
  });

  it('is not taken over for the first of its addresses', () => {
    const own = { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } };
    const { entry } = readEgressIP({ egressIPs: addresses, namespaceSelector: own });
    expect(planned(entry, entry.egressIPs.join()).steps.filter(({ object }) => object.name === 'theirs')).toEqual([]);
  });

  it('a CloudPrivateIPConfig leaves the beginning of what it says', () => {
    const conditions = [{ type: 'Assigned', status: 'False', reason: text, message: text }];
    const spec = { node: text };
    const read = cloudPrivateIPConfigKind.read({ metadata, spec, status: { node: text, conditions } });
    expect(JSON.stringify(read).length).toBeLessThan(4_000);
    expect(read).toMatchObject({ ok: true, problems: [{ field: 'spec.node' }, { field: 'status.node' }] });
  });
});
