import type { ProviderChange } from '@egressip-ipam/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { change, instanceOf, look, memoryCluster, worker } from './cluster.ts';
import { attempts, connectionReset, ec2Error, type MemoryEc2 } from './memory-ec2.ts';

const cidrs = ['10.0.0.0/20', '2001:db8::/64'];
const workers = [1, 2, 3].map((number) => worker(number));
const foreign = ['10.0.3.1', '10.0.3.2'];
const loadBalancer = '10.0.3.3';

const node = fc.constantFrom(...workers);
const ours = fc.constantFrom('10.0.2.1', '10.0.2.2', '10.0.2.3', '2001:db8::21', '2001:db8::22');
const attachable = fc.oneof({ weight: 6, arbitrary: ours }, fc.constantFrom(loadBalancer, '10.0.0.1', '10.0.15.1'));
// As the core does: foreign addresses are in use, so that nothing is ever asked of them.
const anyChange: fc.Arbitrary<ProviderChange> = fc.oneof(
  fc.record({ type: fc.constant('attach' as const), address: attachable, node }),
  fc.record({ type: fc.constant('detach' as const), address: attachable, node }),
  fc.record({ type: fc.constant('move' as const), address: attachable, from: node, node }),
);
const fault = fc.record({
  error: fc.constantFrom(
    connectionReset(),
    ec2Error('InternalError', 'no', 500),
    ec2Error('RequestLimitExceeded', 'no', 503),
  ),
  after: fc.boolean(),
  times: fc.integer({ min: 1, max: attempts * 2 }),
});
/** Changes asked for at once, by so many callers, and the troubles that meet them. */
const step = fc.record({
  changes: fc.array(anyChange, { minLength: 1, maxLength: 6 }),
  callers: fc.integer({ min: 1, max: 3 }),
  faults: fc.array(fault, { maxLength: 2 }),
  stale: fc.integer({ max: 2, min: 0 }),
});

function carriers(ec2: MemoryEc2, address: string): readonly string[] {
  return [...ec2.interfaces.values()]
    .filter((entry) => entry.primary === address || entry.secondary.includes(address) || entry.ipv6.includes(address))
    .map(({ id }) => id);
}

const interfaceOf = (index: number): string => `eni-${instanceOf(index + 1).slice(2)}`;

describe('whatever is asked for, and whatever troubles there are', () => {
  it('foreign and primary addresses stay, what is done is there, and in the end all can be done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const { ec2, clock, provider } = memoryCluster(3);
        clock.sleep = async () => undefined;
        ec2.interfaces.get(interfaceOf(0))!.secondary = [...foreign];
        ec2.addInterface({
          id: 'eni-elb',
          subnetId: 'subnet-a',
          primary: '10.0.3.9',
          secondary: [loadBalancer],
          ipv6: [],
        });
        await look(provider, workers, cidrs);
        for (const { changes, callers, faults, stale } of steps) {
          for (const each of faults) ec2.inject({ ...each, operation: 'AssignPrivateIpAddresses' });
          ec2.staleLooks(stale);
          const parts = Array.from({ length: callers }, (_, caller) =>
            changes.filter((_change, index) => index % callers === caller),
          );
          const results = (await Promise.all(parts.map((part) => change(provider, ...part)))).flat();
          ec2.clearFaults();
          expect(carriers(ec2, loadBalancer)).toEqual(['eni-elb']);
          for (const address of foreign) expect(carriers(ec2, address)).toEqual([interfaceOf(0)]);
          workers.forEach((_, index) => expect(carriers(ec2, `10.0.15.${index + 1}`)).toEqual([interfaceOf(index)]));
          // Where only one change is about an address, its result is what is.
          for (const result of results) {
            const { address, type, node: target } = result.change;
            if (result.outcome !== 'done' || results.filter((other) => other.change.address === address).length > 1)
              continue;
            const id = interfaceOf(workers.findIndex(({ name }) => name === target.name));
            expect([type, address, carriers(ec2, address).includes(id)]).toEqual([type, address, type !== 'detach']);
          }
        }
        for (const address of ['10.0.2.1', '2001:db8::21']) {
          const [carrier] = carriers(ec2, address);
          const from = workers.find((_, index) => interfaceOf(index) === carrier) ?? workers[0]!;
          const [result] = await change(provider, { type: 'move', address, from, node: workers[2]! });
          expect(result).toMatchObject({ outcome: 'done' });
          expect(carriers(ec2, address)).toEqual([interfaceOf(2)]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
