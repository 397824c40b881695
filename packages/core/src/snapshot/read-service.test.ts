import { describe, expect, it } from 'vitest';
import { readServiceAddresses } from './read-service.ts';

const metadata = { namespace: 'shop', name: 'web' };

describe('addresses of a Service', () => {
  it('are its external ones and those of its load balancer, each once', () => {
    const object = {
      metadata,
      spec: { type: 'LoadBalancer', externalIPs: ['10.0.0.5'], loadBalancerIP: '10.0.0.6' },
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.6' }, { hostname: 'lb.example' }, { ip: 'fd00::6' }] } },
    };
    expect(readServiceAddresses(object)).toEqual(
      ['10.0.0.5', '10.0.0.6', 'fd00::6'].map((address) => ({ address, usedBy: 'Service shop/web' })),
    );
  });

  it('are none of what a Service that is no load balancer any more had', () => {
    expect(
      readServiceAddresses({
        metadata,
        spec: { type: 'ClusterIP', clusterIP: '172.30.0.1', loadBalancerIP: '10.0.0.6' },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.6' }] } },
      }),
    ).toEqual([]);
  });

  it('are told with what is there of its name', () => {
    const object = { metadata: { namespace: { toString: null } }, spec: { externalIPs: ['10.0.0.5'] } };
    expect(readServiceAddresses(object)).toEqual([{ address: '10.0.0.5', usedBy: 'Service ?/?' }]);
  });

  it.each([
    undefined,
    {},
    { spec: 'x' },
    { metadata, spec: { externalIPs: {}, type: 'LoadBalancer' }, status: { loadBalancer: [] } },
  ])('are none in %j', (object) => {
    expect(readServiceAddresses(object)).toEqual([]);
  });
});
