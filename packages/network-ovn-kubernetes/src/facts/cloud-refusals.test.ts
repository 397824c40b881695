import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import {
  anOvnNode,
  announced,
  egressIPsOf,
  findingsOf,
  onCloud,
  onOvn,
  planOf,
  settled,
  withConfigs,
  withEach,
  withEgressIPs,
} from '../testing/builders.ts';

const nodes = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', announced({ ipv4: '10.0.0.0/24' }, { ipv4: 10 })));
const served = settled(onOvn({ provider: onCloud, nodes, namespaces: [aNamespace('shop')] }));
const refusal = {
  name: '10.0.0.1',
  createdAt: '2026-01-03T00:00:05Z',
  generation: 1,
  specNode: 'n1',
  statusNode: 'n1',
  assigned: 'False',
  reason: 'CloudResponseError',
  message: 'the address is in use',
};
const addressesAfter = (change: object, egressIPs = egressIPsOf(served)): unknown =>
  planOf(withConfigs(withEgressIPs(served, egressIPs), [{ ...refusal, ...change }])).allocations[0]?.addresses;

describe('an address that the cloud refuses', () => {
  it('gives way to another before it was ever attached', () => {
    expect(addressesAfter({})).toEqual(['10.0.0.2']);
  });

  it.each([
    ['its node changed before, so that it was attached', { generation: 2 }],
    [
      'the interface is full, which is no fault of the address',
      { message: 'PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit.' },
    ],
    ['its object was made anew long after', { createdAt: '2026-03-01T00:00:00Z' }],
    ['the cloud is still at it', { assigned: 'Unknown', reason: 'CloudResponsePending' }],
    ...[
      'UnauthorizedOperation: You are not authorized to perform this operation. status code: 403',
      'Throttling: Rate exceeded',
      'dial tcp: lookup ec2.us-east-1.amazonaws.com: no such host',
      'InternalError: status code: 503',
      'Node "n1" does not exist',
      'context deadline exceeded',
    ].map((message): [string, object] => [
      `the cloud says "${message}", which is no fault of the address`,
      { message },
    ]),
  ])('stays when %s (law 2)', (_why, change) => {
    expect(addressesAfter(change)).toEqual(['10.0.0.1']);
  });

  it.each([
    'assign failed',
    'InvalidParameterValue: Address 10.0.0.1 is in use. status code: 400',
    'PrivateIPAddressInUse: already allocated to resource internal-lb',
    'Address does not fall within the subnet',
  ])('gives way when the cloud says "%s"', (message) => {
    expect(addressesAfter({ message })).toEqual(['10.0.0.2']);
  });

  it('gives way when it came into an old EgressIP a moment before', () => {
    const egressIPs = egressIPsOf(served).map((entry) => ({
      ...entry,
      createdAt: '2025-01-01T00:00:00Z',
      appliedAt: '2026-01-03T00:00:00Z',
    }));
    expect(addressesAfter({}, egressIPs)).toEqual(['10.0.0.2']);
    expect(addressesAfter({ createdAt: '2026-03-01T00:00:00Z' }, egressIPs)).toEqual(['10.0.0.1']);
  });

  it('stays when the cloud refuses one address after the other and attaches none: that is for another reason', () => {
    const refused = Array.from({ length: 32 }, (_, index) => `10.0.1.${index + 1}`);
    const attached = {
      name: '10.0.0.99',
      specNode: 'n2',
      statusNode: 'n2',
      assigned: 'True',
      reason: 'CloudResponseSuccess',
    };
    const after = (...configs: readonly { readonly name: string }[]): unknown =>
      planOf({ ...withConfigs(served, [refusal, ...configs]), refused }).allocations[0]?.addresses;
    expect(after()).toEqual(['10.0.0.1']);
    expect(after(attached)).toEqual(['10.0.0.2']);
  });

  it('stays when a node carries it', () => {
    const carried = withEach(served, (entry) => ({ ...entry, assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] }));
    expect(addressesAfter({}, egressIPsOf(carried))).toEqual(['10.0.0.1']);
  });

  it('is no conflict of its namespace with its own EgressIP while it is tried elsewhere, or given back', () => {
    const remembered = { ...served, refused: ['10.0.0.1'] };
    const isElsewhere = {
      ...refusal,
      generation: 2,
      statusNode: '',
      assigned: 'Unknown',
      reason: 'CloudResponsePending',
    };
    for (const configs of [[], [isElsewhere]]) {
      const { allocations, findings } = planOf(withConfigs(remembered, configs));
      expect(allocations[0]?.addresses).toEqual(['10.0.0.1']);
      expect(findings.filter(({ code }) => code === 'AddressConflict')).toEqual([]);
    }
    const garbled = {
      ...served,
      namespaces: served.namespaces.map((namespace) => ({ ...namespace, egressIPs: 'nonsense' })),
    };
    expect(findingsOf(withConfigs(garbled, [refusal]), 'AddressConflict')).toEqual([]);
  });

  it('is given to nobody else for a while', () => {
    const snapshot = onOvn({ provider: onCloud, nodes, namespaces: [aNamespace('web')], refused: ['10.0.0.1'] });
    expect(planOf(snapshot).allocations[0]?.addresses).toEqual(['10.0.0.2']);
  });
});
