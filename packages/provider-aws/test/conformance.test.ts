import { describeCloudProvider, type ProviderFault } from '@egressip-ipam/core/testing';
import { describe, it } from 'vitest';
import { createAwsProvider } from '../src/create-aws-provider.ts';
import { instanceOf, worker } from './cluster.ts';
import { fastClock } from './fast-clock.ts';
import { attempts, connectionReset, ec2Error, MemoryEc2 } from './memory-ec2.ts';

const refusals = {
  throttled: ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503),
  transient: ec2Error('InternalError', 'An internal error has occurred', 500),
  unauthorized: ec2Error('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403),
};

for (const refusesRepeats of [false, true]) {
  describeCloudProvider({
    name: refusesRepeats ? 'aws on an in-memory EC2 that refuses to assign again' : 'aws on an in-memory EC2',
    describe,
    it,
    skip: it.skip,
    attach: true,
    families: [4, 6],
    faults: ['refuse', 'lose-answer', 'unreadable-node', 'unreadable-cidr'],
    limited: true,
    makeProvider() {
      const ec2 = new MemoryEc2();
      ec2.refusesRepeats = refusesRepeats;
      ec2.subnets.set('subnet-a', { id: 'subnet-a', vpcId: 'vpc-1', cidr: '10.0.0.0/24', ipv6: '2001:db8::/64' });
      ec2.addInstance({ id: instanceOf(1), subnetId: 'subnet-a', primary: '10.0.0.10', secondary: ['10.0.0.99'] });
      ec2.addInstance({ id: instanceOf(2), subnetId: 'subnet-a', primary: '10.0.0.11' });
      ec2.addInterface({
        id: 'eni-elb',
        subnetId: 'subnet-a',
        primary: '10.0.0.200',
        secondary: [],
        ipv6: [],
        description: 'ELB app/shop',
      });
      const provider = createAwsProvider({}, { createClient: ec2.createClient, clock: fastClock() });
      let last = 20;
      return {
        provider,
        nodes: [worker(1), worker(2)],
        cidrs: ['10.0.0.0/24', '2001:db8::/64'],
        foreign: { address: '10.0.0.99', node: worker(1) },
        usedElsewhere: '10.0.0.200',
        freeAddress: (family: 4 | 6) => ((last += 1), family === 4 ? `10.0.0.${last}` : `2001:db8::${last}`),
        inject(fault: ProviderFault) {
          if (fault.type === 'refuse')
            ec2.inject({
              address: fault.address,
              error: refusals[fault.class],
              times: fault.class === 'unauthorized' ? 1 : attempts,
            });
          else if (fault.type === 'lose-answer')
            ec2.inject({ address: fault.address, error: connectionReset(), after: true });
          else if (fault.type === 'unreadable-node') ec2.terminate(instanceOf(1));
          else ec2.inject({ operation: 'DescribeNetworkInterfaces', error: refusals.transient, times: 100 });
        },
      };
    },
  });
}
