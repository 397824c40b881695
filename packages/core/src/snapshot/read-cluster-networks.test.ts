import { describe, expect, it } from 'vitest';
import { readClusterNetworks } from './read-cluster-networks.ts';

describe('networks inside the cluster', () => {
  it('are those of pods and Services, in force or asked for, each once', () => {
    const spec = {
      clusterNetwork: [
        { cidr: '10.128.0.0/14', hostPrefix: 23 },
        { cidr: 'fd01::/48', hostPrefix: 64 },
      ],
      serviceNetwork: ['172.30.0.0/16'],
    };
    expect(readClusterNetworks({ spec, status: { ...spec, clusterNetwork: [{ cidr: '10.128.0.0/15' }] } })).toEqual([
      '10.128.0.0/14',
      'fd01::/48',
      '172.30.0.0/16',
      '10.128.0.0/15',
    ]);
  });

  it("are OVN-Kubernetes' own, where OpenShift's operator is told them", () => {
    const ovnKubernetesConfig = {
      v4InternalSubnet: '100.98.0.0/16',
      ipv4: { internalJoinSubnet: '100.99.0.0/16', internalTransitSwitchSubnet: '100.87.0.0/16' },
      ipv6: { internalJoinSubnet: 'fd99::/64' },
      gatewayConfig: {
        ipv4: { internalMasqueradeSubnet: '10.9.0.0/17' },
        ipv6: { internalMasqueradeSubnet: 'fd69::/112' },
      },
      hybridOverlayConfig: { hybridClusterNetwork: [{ cidr: '10.132.0.0/14', hostPrefix: 23 }, {}, null] },
    };
    expect(readClusterNetworks({ spec: { defaultNetwork: { ovnKubernetesConfig } } })).toEqual([
      '100.98.0.0/16',
      '100.99.0.0/16',
      '100.87.0.0/16',
      '10.9.0.0/17',
      'fd99::/64',
      'fd69::/112',
      '10.132.0.0/14',
    ]);
  });

  it('are those of Services, as a ServiceCIDR of Kubernetes has them', () => {
    expect(readClusterNetworks({ spec: { cidrs: ['10.96.0.0/12', 'fd00:10:96::/112', 7] }, status: {} })).toEqual([
      '10.96.0.0/12',
      'fd00:10:96::/112',
    ]);
  });

  it.each([
    { spec: { defaultNetwork: { ovnKubernetesConfig: { ipv4: 5, v4InternalSubnet: {} } } } },
    undefined,
    null,
    5,
    {},
    { spec: { clusterNetwork: {}, serviceNetwork: 'x' } },
    { status: { clusterNetwork: [null, { cidr: 5 }, {}], serviceNetwork: [7, ''] } },
  ])('are none in %j', (object) => {
    expect(readClusterNetworks(object)).toEqual([]);
  });
});
