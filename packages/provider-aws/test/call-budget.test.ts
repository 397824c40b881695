import { describe, expect, it } from 'vitest';
import { change, inShort, instanceOf, look, machineSetsOf, memoryCluster } from './cluster.ts';

const cidrs = ['10.0.0.0/20'];

describe('calls to EC2', () => {
  it('at rest, a look is one DescribeNetworkInterfaces and nothing else', async () => {
    const { ec2, nodes, provider } = memoryCluster(9);
    await look(provider, nodes, cidrs);
    ec2.calls.length = 0;
    for (let times = 0; times < 3; times += 1) await look(provider, nodes, cidrs);
    expect(ec2.calls.map(({ operation }) => operation)).toEqual(Array(3).fill('DescribeNetworkInterfaces'));
  });

  it('an instance that EC2 does not know is not asked for at every look', async () => {
    const { ec2, nodes, provider } = memoryCluster(2);
    const withUnknown = [...nodes, { name: 'stranger', providerID: 'aws:///us-east-1a/i-0fffffffffffffff0' }];
    await look(provider, withUnknown, cidrs);
    ec2.calls.length = 0;
    await look(provider, withUnknown, cidrs);
    expect(ec2.calls.map(({ operation }) => operation)).toEqual(['DescribeNetworkInterfaces']);
  });

  it('an hour at rest is a look per poll and not one call more; a day, at most the subnets once', async () => {
    const { ec2, nodes, clock, provider } = memoryCluster(3);
    const booted = nodes.map((node) => ({ ...node, bootID: `boot of ${node.name}` }));
    await look(provider, booted, cidrs);
    ec2.calls.length = 0;
    const pass = async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.skip(60_000);
        await look(provider, booted, cidrs);
      }
    };
    await pass(60);
    expect(ec2.calls.map(({ operation }) => operation)).toEqual(Array(60).fill('DescribeNetworkInterfaces'));
    await pass(1380);
    expect(ec2.counts.describing - 1440).toBeLessThanOrEqual(1);
  });

  it('a new node has the subnets read again when they have not been for a while', async () => {
    const { ec2, nodes, clock, provider } = memoryCluster(3);
    await look(provider, nodes.slice(0, 1), cidrs);
    await look(provider, nodes.slice(0, 2), cidrs);
    expect(ec2.callsOf('DescribeSubnets')).toHaveLength(1);
    clock.skip(600_000);
    await look(provider, nodes, cidrs);
    expect(ec2.callsOf('DescribeSubnets')).toHaveLength(2);
  });

  it('an hour at rest is hardly more than a look per poll, though one instance is gone and another was never there', async () => {
    const { ec2, nodes, clock, provider } = memoryCluster(3);
    const all = [...nodes, { name: 'stranger', providerID: 'aws:///us-east-1a/i-0fffffffffffffff0' }];
    await look(provider, all, cidrs);
    ec2.terminate(instanceOf(2));
    await look(provider, all, cidrs);
    ec2.calls.length = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      clock.skip(60_000);
      await look(provider, all, cidrs);
    }
    expect(ec2.callsOf('DescribeNetworkInterfaces')).toHaveLength(60);
    expect(ec2.counts.describing).toBeLessThanOrEqual(75);
  });

  it.each(['t3.large', 'm99.large'])(
    'a type that EC2 does not know, such as %s, is not asked for at every look',
    async (type) => {
      const { ec2, nodes, clock, provider } = memoryCluster(2, { type });
      await look(provider, nodes, cidrs);
      ec2.calls.length = 0;
      await look(provider, nodes, cidrs);
      expect(ec2.calls.map(({ operation }) => operation)).toEqual(['DescribeNetworkInterfaces']);
      clock.skip(600_000);
      await look(provider, nodes, cidrs);
      expect(ec2.callsOf('DescribeInstanceTypes')).toHaveLength(1);
    },
  );

  it('a CIDR without a subnet does not read the subnets at every look; a new one reads them once', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    await look(provider, nodes, [...cidrs, '172.16.0.0/24']);
    ec2.calls.length = 0;
    await look(provider, nodes, [...cidrs, '172.16.0.0/24']);
    expect(ec2.counts.describing).toBe(1);
    await look(provider, nodes, [...cidrs, '172.16.1.0/24']);
    expect(ec2.callsOf('DescribeSubnets')).toHaveLength(1);
  });

  it("MachineSets' references by the same filter are one question; other filters are one each", async () => {
    const byName = (...values: readonly string[]) => ({ filters: [{ name: 'tag:Name', values }] });
    const inZone = {
      filters: [
        { name: 'tag:Name', values: ['private-d'] },
        { name: 'availability-zone', values: ['us-east-1d'] },
      ],
    };
    const references = [
      byName('private-b'),
      byName('private-a'),
      inZone,
      byName('private-c', 'private-a'),
      inZone,
      { filters: [] },
    ];
    const { ec2, nodes, provider } = memoryCluster(1, { context: { objects: machineSetsOf(references) } });
    await look(provider, nodes, cidrs);
    const asked = ec2
      .callsOf('DescribeSubnets')
      .map(({ input }) =>
        (input['Filters'] as readonly { readonly Name: string; readonly Values: readonly string[] }[])
          .map(({ Name, Values }) => `${Name}=${Values.join()}`)
          .join(' '),
      );
    expect(asked).toEqual([
      'vpc-id=vpc-1',
      'tag:Name=private-a,private-b,private-c',
      'tag:Name=private-d availability-zone=us-east-1d',
    ]);
  });

  it('a new node costs one DescribeInstances more, the next type one DescribeInstanceTypes', async () => {
    const { ec2, nodes, provider } = memoryCluster(3);
    await look(provider, nodes.slice(0, 2), cidrs);
    ec2.calls.length = 0;
    await look(provider, nodes, cidrs);
    expect(ec2.calls.map(({ operation }) => operation).sort()).toEqual([
      'DescribeInstances',
      'DescribeNetworkInterfaces',
    ]);
  });

  it.each(['one apply', 'three concurrent applies'])(
    'one attach on three interfaces in %s is three attach calls and one look',
    async (how) => {
      const { ec2, nodes, provider } = memoryCluster(3);
      await look(provider, nodes, cidrs);
      ec2.calls.length = 0;
      const changes = nodes.map((node, index) => ({ type: 'attach', address: `10.0.1.${index}`, node }) as const);
      const results =
        how === 'one apply'
          ? await change(provider, ...changes)
          : (await Promise.all(changes.map((one) => change(provider, one)))).flat();
      expect(inShort(results)).toEqual(['done', 'done', 'done']);
      expect(ec2.counts).toEqual({ mutating: 3, describing: 1 });
    },
  );

  it.each([undefined, 5, 50])(
    '1,000 addresses on 50 nodes are 50 calls that change and at most 10 that look, the first look included, with %s calls per second',
    async (callsPerSecond) => {
      const { ec2, nodes, provider } = memoryCluster(50, {
        type: 'm5.4xlarge',
        context: callsPerSecond === undefined ? {} : { callsPerSecond },
      });
      await look(provider, nodes, cidrs);
      const changes = Array.from(
        { length: 1000 },
        (_, index) =>
          ({ type: 'attach', address: `10.0.${1 + (index >> 8)}.${index & 255}`, node: nodes[index % 50]! }) as const,
      );
      const results = (await Promise.all(changes.map((one) => change(provider, one)))).flat();
      expect(new Set(inShort(results))).toEqual(new Set(['done']));
      expect(ec2.counts.mutating).toBe(50);
      expect(ec2.counts.describing).toBeLessThanOrEqual(10);
    },
  );

  it('a failed node of 20 addresses that go to 4 others: 4 calls move them, between two looks', async () => {
    const { ec2, nodes, provider } = memoryCluster(5, { type: 'm5.4xlarge' });
    const [failed, ...others] = nodes;
    const addresses = Array.from({ length: 20 }, (_, index) => `10.0.1.${index}`);
    await look(provider, nodes, cidrs);
    await change(provider, ...addresses.map((address) => ({ type: 'attach', address, node: failed! }) as const));
    ec2.calls.length = 0;
    const results = await change(
      provider,
      ...addresses.map(
        (address, index) => ({ type: 'move', address, from: failed!, node: others[index % 4]! }) as const,
      ),
    );
    expect(new Set(inShort(results))).toEqual(new Set(['done']));
    expect(ec2.counts).toEqual({ mutating: 4, describing: 2 });
    expect(ec2.callsOf('AssignPrivateIpAddresses').every(({ input }) => input['AllowReassignment'] === true)).toBe(
      true,
    );
  });

  it('tells of every attempt, retries included, by operation and error', async () => {
    const seen: string[] = [];
    const { ec2, nodes, provider } = memoryCluster(1, {
      context: { onCall: ({ operation, errorCode }) => seen.push(`${operation} ${errorCode ?? 'ok'}`) },
    });
    ec2.inject({
      operation: 'DescribeInstances',
      error: Object.assign(new Error('slow'), {
        name: 'RequestLimitExceeded',
        $metadata: { httpStatusCode: 503 },
        $fault: 'server',
      }),
    });
    await look(provider, nodes, cidrs);
    expect(seen.slice(0, 2)).toEqual(['DescribeInstances RequestLimitExceeded', 'DescribeInstances ok']);
    expect(seen).toHaveLength(ec2.calls.length);
  });

  it('keeps to the calls per second that it is given, retries included', async () => {
    const { ec2, nodes, clock, provider } = memoryCluster(1, { context: { callsPerSecond: 4 } });
    const startedAt = clock.now();
    for (let times = 0; times < 9; times += 1) await look(provider, nodes, cidrs);
    const calls = ec2.calls.length;
    // The bucket holds one second's calls.
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(((calls - 4) / 4) * 1000 * 0.95);
  });
});
