import { describeCloudProvider, type ProviderFault } from '@egressip-ipam/core/testing';
import { findMoto, startStrictEc2, type StrictEc2 } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { attempts, strictProvider, terminate } from './strict-ec2.ts';
import { noMoto, unless } from '../../../tools/testing/unless.ts';

const refusals = {
  throttled: { code: 'RequestLimitExceeded', status: 503 },
  transient: { code: 'InternalError', status: 500 },
  unauthorized: { code: 'UnauthorizedOperation', status: 403 },
};

describe('over HTTP', unless(findMoto() === undefined, noMoto), () => {
  let ec2: StrictEc2;
  beforeAll(async () => {
    ec2 = await startStrictEc2();
  });
  afterAll(() => ec2.close());

  describeCloudProvider({
    name: 'aws on the strict EC2',
    describe,
    it,
    skip: it.skip,
    attach: true,
    families: [4, 6],
    faults: ['refuse', 'lose-answer', 'unreadable-node', 'unreadable-cidr'],
    limited: true,
    async makeProvider() {
      const nodes = await ec2.createCluster({
        zones: [{ zone: 'us-east-1a', cidr: '10.0.1.0/24', ipv6Cidr: '2001:db8:1:1::/64', workers: 2 }],
        instanceType: 't3.medium',
      });
      const [first, second] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
      await ec2.assignForeign({ networkInterfaceId: first.networkInterfaceId, address: '10.0.1.99' });
      await ec2.createLoadBalancerInterface({
        subnetId: first.subnetId,
        address: '10.0.1.200',
        description: 'ELB app/shop',
      });
      const armed: { readonly address: string; readonly arm: () => void; left: number }[] = [];
      const { provider } = strictProvider(ec2, {
        before(input) {
          const fault = armed.find(({ address, left }) => left > 0 && input.includes(`"${address}"`));
          if (fault === undefined) return;
          fault.left -= 1;
          fault.arm();
        },
      });
      let last = 20;
      let settled: Promise<void> = Promise.resolve();
      return {
        // A fault that takes calls to make is made before the next look.
        provider: { ...provider, observe: async (options) => (await settled, provider.observe(options)) },
        nodes: [first, second],
        cidrs: ['10.0.1.0/24', '2001:db8:1:1::/64'],
        foreign: { address: '10.0.1.99', node: first },
        usedElsewhere: '10.0.1.200',
        freeAddress: (family: 4 | 6) => ((last += 1), family === 4 ? `10.0.1.${last}` : `2001:db8:1:1::${last}`),
        inject(fault: ProviderFault) {
          if (fault.type === 'unreadable-node') settled = terminate(ec2, first);
          else if (fault.type === 'unreadable-cidr')
            ec2.inject({
              action: 'DescribeNetworkInterfaces',
              fault: { kind: 'error', code: 'InternalError', status: 500 },
            });
          else if (fault.type === 'refuse')
            armed.push({
              address: fault.address,
              left: fault.class === 'unauthorized' ? 1 : attempts,
              arm: () => ec2.inject({ fault: { kind: 'error', ...refusals[fault.class] }, times: 1 }),
            });
          else if (fault.type === 'lose-answer')
            armed.push({
              address: fault.address,
              left: 1,
              arm: () => ec2.inject({ fault: { kind: 'reset', when: 'after' }, times: 1 }),
            });
        },
        async close() {
          ec2.clearFaults();
          await provider.close?.();
        },
      };
    },
  });
});
