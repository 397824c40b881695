import type { NetworkStep } from '@egressip-ipam/core';
import { aNamespace, aNode, anEgressIPAM } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { aHostSubnet, aNetNamespace, onSdn, planOf, withHosts } from '../testing/builders.ts';

const parts = { nodes: [aNode('n1')], egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', '10.0.1.0/28=b'])], namespaces: [] };
const step = (kind: string, payload: unknown): NetworkStep => ({
  kind: 'network',
  action: 'any',
  id: 'any',
  object: { kind, name: 'n1' },
  effects: {},
  after: [],
  payload,
});

describe('the writes', () => {
  it('of a HostSubnet say what it hosts and what of that is ours', () => {
    const host = step('HostSubnet', {
      write: 'host',
      egressIPs: ['10.0.0.1'],
      hostedIPs: '10.0.0.1=shop',
      hostedCIDRs: null,
    });
    expect(network.write(host)).toEqual({
      verb: 'patch',
      resource: { group: 'network.openshift.io', version: 'v1', plural: 'hostsubnets', kind: 'HostSubnet' },
      name: 'n1',
      body: {
        metadata: {
          annotations: {
            'egressip-ipam-operator.redhat-cop.io/hosted-ips': '10.0.0.1=shop',
            'egressip-ipam-operator.redhat-cop.io/hosted-cidrs': null,
          },
        },
        egressIPs: ['10.0.0.1'],
      },
      conditional: true,
    });
    const { objects } = onSdn(parts).network;
    expect(network.describe(objects, host)).toBe('has nothing and should have 10.0.0.1');
  });

  it.each([
    ['addresses', { hostedIPs: '10.0.0.1=shop', hostedCIDRs: null }, '10.0.0.1=shop'],
    ['CIDRs', { hostedIPs: null, hostedCIDRs: '10.0.0.0/28' }, '10.0.0.0/28'],
  ])('of a HostSubnet that only record %s say which', (_, record, recorded) => {
    const { objects } = onSdn(parts).network;
    expect(network.describe(objects, step('HostSubnet', { write: 'host', ...record }))).toBe(
      `has nothing on record as ours and should have ${recorded}`,
    );
  });

  it('of a NetNamespace say the whole of what is bound', () => {
    const bind = step('NetNamespace', { write: 'bind', egressIPs: [] });
    expect(network.write(bind)).toMatchObject({ name: 'n1', body: { egressIPs: [] } });
    const { objects } = onSdn(parts, [], [aNetNamespace('n1', ['10.0.0.1'])]).network;
    expect(network.describe(objects, bind)).toBe('has 10.0.0.1 and should have nothing');
  });

  it('are made of the steps of plans alone', () => {
    const snapshot = withHosts(onSdn({ ...parts, namespaces: [aNamespace('shop')] }), (entry) => entry);
    const writes = planOf(snapshot).steps.flatMap((entry) => (entry.kind === 'network' ? [network.write(entry)] : []));
    expect(writes.every(({ verb }) => verb === 'patch')).toBe(true);
  });
});

describe('an address', () => {
  it('is explained by every object that names it, however it is written', () => {
    const { objects } = onSdn(parts, [aHostSubnet('n1', ['10.0.0.1'])], [aNetNamespace('shop', ['10.0.0.1'])]).network;
    const withConfig = { ...objects, CloudPrivateIPConfig: [{ name: '10.0.0.1' }] };
    expect(network.explain(withConfig, '::ffff:10.0.0.1')).toEqual([
      'HostSubnet n1 hosts it.',
      'NetNamespace shop binds traffic to it.',
      'CloudPrivateIPConfig 10.0.0.1 asks the cloud for it.',
    ]);
    expect(network.explain(objects, '10.0.0.2')).toEqual([]);
  });
});
