import { expect, it } from 'vitest';
import type { InfrastructureSnapshot } from './snapshot.ts';
import { readInfrastructure } from './read-infrastructure.ts';

function read(parts: object): InfrastructureSnapshot | undefined {
  const result = readInfrastructure({ metadata: { name: 'cluster' }, ...parts });
  return result.ok ? result.value : undefined;
}

it('the platform is the one of the status, in its older place, too; none where that is empty', () => {
  expect(read({ status: { platform: 'Old', platformStatus: { type: 'New' } } })?.platform).toBe('New');
  expect(read({ status: { platform: 'Old' } })?.platform).toBe('Old');
  expect(read({ status: { platform: '' } })).toEqual({ virtualIPs: [] });
});

it("the cluster's own addresses are found wherever a platform has them, each once, before the status says so, too", () => {
  const status = {
    platformStatus: {
      type: 'Some',
      some: { apiServerInternalIP: '10.0.0.2', apiServerInternalIPs: ['10.0.0.2', 'fd00::2'], ingressIP: '' },
      other: { cloudLoadBalancerConfig: { clusterHosted: { apiIntLoadBalancerIPs: ['10.0.0.4', 7] } } },
    },
  };
  const spec = { platformSpec: { some: { ingressIPs: ['10.0.0.3'], machineNetworks: ['10.0.0.0/24'] } } };
  expect(read({ spec, status })?.virtualIPs).toEqual(['10.0.0.2', 'fd00::2', '10.0.0.4', '10.0.0.3']);
});
