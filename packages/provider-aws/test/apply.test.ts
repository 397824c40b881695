import type { ProviderChange } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { createAwsProvider } from '../src/create-aws-provider.ts';
import { change, inShort, instanceOf, look, memoryCluster, worker } from './cluster.ts';
import { attempts, connectionReset, ec2Error } from './memory-ec2.ts';

const cidrs = ['10.0.0.0/20', '2001:db8::/64'];

/** A cluster that has been looked at, its calls not counted. */
async function seen(workers: number, options: Parameters<typeof memoryCluster>[1] = {}) {
  const cluster = memoryCluster(workers, options);
  await look(cluster.provider, cluster.nodes, cidrs);
  cluster.ec2.calls.length = 0;
  const mains = cluster.nodes.map((_, index) => cluster.ec2.interfaces.get(`eni-${instanceOf(index + 1).slice(2)}`)!);
  return { ...cluster, mains };
}

const attach = (address: string, node: ProviderChange['node']): ProviderChange => ({ type: 'attach', address, node });
const detach = (address: string, node: ProviderChange['node']): ProviderChange => ({ type: 'detach', address, node });

describe('apply', () => {
  it('puts changes of one kind on one interface into one call; detaches come first and make room', async () => {
    const {
      ec2,
      nodes: [node],
      mains: [main],
      provider,
    } = await seen(1);
    main!.secondary = ['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.1.4', '10.0.1.5'];
    await look(provider, [node!], cidrs);
    ec2.calls.length = 0;
    const results = await change(
      provider,
      attach('10.0.2.1', node!),
      attach('10.0.2.2', node!),
      detach('10.0.1.1', node!),
      detach('10.0.1.2', node!),
      attach('2001:db8::5', node!),
    );
    expect(new Set(inShort(results))).toEqual(new Set(['done']));
    expect(ec2.calls.map(({ operation }) => operation)).toEqual([
      'UnassignPrivateIpAddresses',
      'AssignPrivateIpAddresses',
      'AssignIpv6Addresses',
      'DescribeNetworkInterfaces',
    ]);
    expect(main!.secondary).toEqual(['10.0.1.3', '10.0.1.4', '10.0.1.5', '10.0.2.1', '10.0.2.2']);
  });

  it('attaches without AllowReassignment', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    await change(provider, attach('10.0.2.1', node!));
    expect(ec2.callsOf('AssignPrivateIpAddresses')[0]?.input).toMatchObject({
      AllowReassignment: false,
      PrivateIpAddresses: ['10.0.2.1'],
    });
  });

  it('of a call that is refused for one address, only that one fails', async () => {
    const {
      ec2,
      nodes: [node],
      mains: [main],
      provider,
    } = await seen(1, { type: 'm5.4xlarge' });
    ec2.addInterface({ id: 'eni-elb', subnetId: 'subnet-a', primary: '10.0.2.3', secondary: [], ipv6: [] });
    const addresses = ['10.0.2.1', '10.0.2.2', '10.0.2.3', '10.0.2.4', '10.0.0.2', '10.99.0.1', '10.0.2.7'];
    const results = await change(provider, ...addresses.map((address) => attach(address, node!)));
    expect(inShort(results)).toEqual(['done', 'done', 'conflict', 'done', 'permanent', 'permanent', 'done']);
    expect([...main!.secondary].sort()).toEqual(['10.0.2.1', '10.0.2.2', '10.0.2.4', '10.0.2.7']);
  });

  it('fills an interface up to its limit; the rest fails with class capacity', async () => {
    const {
      nodes: [node],
      mains: [main],
      provider,
    } = await seen(1);
    const results = await change(provider, ...[1, 2, 3, 4, 5, 6, 7].map((last) => attach(`10.0.2.${last}`, node!)));
    expect(inShort(results).filter((result) => result === 'done')).toHaveLength(5);
    expect(inShort(results).filter((result) => result === 'capacity')).toHaveLength(2);
    expect(main!.secondary).toHaveLength(5);
  });

  it('never touches the primary address, nor an address that no change names', async () => {
    const {
      nodes: [node],
      mains: [main],
      provider,
    } = await seen(1);
    main!.secondary = ['10.0.3.1', '10.0.3.2'];
    expect(
      inShort(
        await change(provider, detach('10.0.15.1', node!), detach('10.0.3.1', node!), attach('10.0.15.1', node!)),
      ),
    ).toEqual(['permanent', 'done', 'permanent']);
    expect(main).toMatchObject({ primary: '10.0.15.1', secondary: ['10.0.3.2'] });
  });

  it('what was known and is not true any more is found out: detached by others, attached by others', async () => {
    const {
      nodes: [node],
      mains: [main],
      provider,
    } = await seen(1);
    await change(provider, attach('10.0.2.1', node!), attach('10.0.2.2', node!));
    main!.secondary = ['10.0.2.9'];
    expect(
      inShort(await change(provider, attach('10.0.2.1', node!), detach('10.0.2.2', node!), detach('10.0.2.9', node!))),
    ).toEqual(['done', 'done', 'done']);
    expect(main!.secondary).toEqual(['10.0.2.1']);
  });

  it('a move takes the address from our node only; from a stranger it is a conflict', async () => {
    const {
      ec2,
      nodes: [from, node],
      mains: [source, target],
      provider,
    } = await seen(2);
    source!.secondary = ['10.0.2.1'];
    ec2.addInterface({ id: 'eni-elb', subnetId: 'subnet-a', primary: '10.0.2.8', secondary: ['10.0.2.9'], ipv6: [] });
    const move = (address: string): ProviderChange => ({ type: 'move', address, from: from!, node: node! });
    expect(
      inShort(await change(provider, move('10.0.2.1'), move('10.0.2.9'), move('10.0.15.1'), move('10.0.2.4'))),
    ).toEqual(['done', 'conflict', 'permanent', 'done']);
    expect(source!.secondary).toEqual([]);
    expect([...target!.secondary].sort()).toEqual(['10.0.2.1', '10.0.2.4']);
    expect(ec2.interfaces.get('eni-elb')!.secondary).toEqual(['10.0.2.9']);
  });

  it('moves IPv6 by a detach and an attach', async () => {
    const {
      ec2,
      nodes: [from, node],
      mains: [source, target],
      provider,
    } = await seen(2);
    source!.ipv6 = ['2001:db8::7'];
    expect(
      inShort(await change(provider, { type: 'move', address: '2001:db8:0::7', from: from!, node: node! })),
    ).toEqual(['done']);
    expect([source!.ipv6, target!.ipv6]).toEqual([[], ['2001:db8::7']]);
    expect(ec2.counts.mutating).toBe(2);
  });

  it('a move from an instance that is gone attaches; a detach from it is done', async () => {
    const {
      ec2,
      nodes: [from, node],
      provider,
    } = await seen(2);
    await change(provider, attach('10.0.2.1', from!));
    ec2.terminate(instanceOf(1));
    expect(inShort(await change(provider, { type: 'move', address: '10.0.2.1', from: from!, node: node! }))).toEqual([
      'done',
    ]);
    expect(inShort(await change(provider, detach('10.0.2.1', from!)))).toEqual(['done']);
    expect(inShort(await change(provider, attach('10.0.2.2', from!)))).toEqual(['not-found']);
    // Told by EC2, also to a provider that never saw the instance; one that EC2 does not know may be elsewhere.
    const fresh = createAwsProvider({}, { createClient: ec2.createClient });
    expect(
      inShort(
        await change(
          fresh,
          detach('10.0.2.1', from!),
          detach('10.0.2.1', worker(77)),
          detach('10.0.2.1', { name: 'new' }),
        ),
      ),
    ).toEqual(['done', 'not-found', 'not-found']);
  });

  it('waits until EC2 shows the change', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.staleLooks(3);
    expect(inShort(await change(provider, attach('10.0.2.1', node!)))).toEqual(['done']);
    expect(ec2.counts).toEqual({ mutating: 1, describing: 4 });
  });

  it.each(['attach', 'detach'] as const)(
    'of a call that is done in part only, though EC2 says nothing of it (%s), the rest is found out in a few seconds, and done when it is asked for again',
    async (type) => {
      const {
        ec2,
        nodes: [node],
        mains: [main],
        provider,
      } = await seen(1);
      const changes = ['10.0.2.1', '10.0.2.2', '10.0.2.3'].map((address) => ({ type, address, node: node! }) as const);
      if (type === 'detach') main!.secondary = changes.map(({ address }) => address);
      ec2.leftOut.add('10.0.2.2');
      expect(inShort(await change(provider, ...changes))).toEqual(['done', 'unknown', 'done']);
      // Until the usual deadline there would be twice as many.
      expect(ec2.counts.describing).toBeLessThanOrEqual(6);
      expect(inShort(await change(provider, changes[1]!))).toEqual(['done']);
      expect(main!.secondary).toHaveLength(type === 'attach' ? 3 : 0);
    },
  );

  it('what EC2 does not show by the deadline is unknown', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.staleLooks(1000);
    expect(inShort(await change(provider, attach('10.0.2.1', node!)))).toEqual(['unknown']);
    expect(ec2.counts.mutating).toBe(1);
    expect(ec2.counts.describing).toBeLessThan(20);
  });

  it.each([
    ['connection lost after success', connectionReset(), true, 'done'],
    ['connection lost before', connectionReset(), false, 'unknown'],
    ['500 after success', ec2Error('InternalError', 'no', 500), true, 'done'],
    ['500 before', ec2Error('InternalError', 'no', 500), false, 'transient'],
    ['503 without a code after success', ec2Error('UnknownError', 'no', 503), true, 'done'],
  ] as const)('%s on every attempt: a look tells', async (_, error, after, expected) => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.inject({ operation: 'AssignPrivateIpAddresses', error, after, times: attempts });
    expect(inShort(await change(provider, attach('10.0.2.1', node!)))).toEqual([expected]);
    expect(inShort(await change(provider, attach('10.0.2.1', node!)))).toEqual(['done']);
  });

  it('an answer lost, and a look that fails too, is unknown', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.inject({
      operation: 'AssignPrivateIpAddresses',
      error: ec2Error('InternalError', 'no', 500),
      after: true,
      times: attempts,
    });
    ec2.inject({
      operation: 'DescribeNetworkInterfaces',
      error: ec2Error('InternalError', 'no', 500),
      times: attempts,
    });
    expect(inShort(await change(provider, attach('10.0.2.1', node!)))).toEqual(['unknown']);
  });

  it('throttling of one interface leaves the others alone and says when to come back', async () => {
    const {
      ec2,
      nodes: [first, second],
      provider,
    } = await seen(2);
    ec2.inject({ address: '10.0.2.1', error: ec2Error('RequestLimitExceeded', 'no', 503), times: attempts });
    const results = await change(provider, attach('10.0.2.1', first!), attach('10.0.2.2', second!));
    expect(results).toMatchObject([
      { outcome: 'failed', error: { class: 'throttled', retryAfterMilliseconds: expect.any(Number) } },
      { outcome: 'done' },
    ]);
  });

  it('attach and detach of one address keep their order, also across calls', async () => {
    const {
      nodes: [node],
      mains: [main],
      provider,
    } = await seen(1);
    const results = await Promise.all([
      change(provider, attach('10.0.2.1', node!), detach('10.0.2.1', node!), attach('10.0.2.1', node!)),
      change(provider, detach('10.0.2.1', node!)),
      change(provider, attach('10.0.2.1', node!), attach('10.0.2.2', node!)),
    ]);
    expect(new Set(inShort(results.flat()))).toEqual(new Set(['done']));
    expect(main!.secondary).toEqual(['10.0.2.1', '10.0.2.2']);
  });

  it('an abort reports what is not finished as unknown and begins nothing more', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.staleLooks(1000);
    const stop = new AbortController();
    const first = provider.apply({ changes: [attach('10.0.2.1', node!)], signal: stop.signal });
    const second = new Promise<Awaited<typeof first>>((resolve) =>
      setTimeout(() => resolve(provider.apply({ changes: [attach('10.0.2.2', node!)], signal: stop.signal })), 5),
    );
    setTimeout(() => stop.abort(), 20);
    expect(inShort([...(await first), ...(await second)])).toEqual(['unknown', 'unknown']);
    expect(JSON.stringify(ec2.callsOf('AssignPrivateIpAddresses'))).not.toContain('10.0.2.2');
  });

  it('a closed provider waits for nothing any more', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.staleLooks(1000);
    const result = change(provider, attach('10.0.2.1', node!));
    setTimeout(() => void provider.close?.(), 20);
    expect(inShort(await result)).toEqual(['unknown']);
    expect(ec2.counts.describing).toBeLessThan(5);
  });

  it('a look that is not allowed is not repeated until the deadline', async () => {
    const {
      ec2,
      nodes: [node],
      provider,
    } = await seen(1);
    ec2.inject({
      operation: 'DescribeNetworkInterfaces',
      error: ec2Error('UnauthorizedOperation', 'no', 403),
      times: 100,
    });
    expect(inShort(await change(provider, attach('10.0.2.1', node!)))).toEqual(['unknown']);
    expect(ec2.counts).toEqual({ mutating: 1, describing: 1 });
  });

  it('a text that is no address fails alone', async () => {
    const {
      nodes: [node],
      provider,
    } = await seen(1);
    expect(inShort(await change(provider, attach('10.0.2', node!), attach('10.0.2.1', node!)))).toEqual([
      'permanent',
      'done',
    ]);
  });

  it('without a look before, one DescribeInstances finds all machines', async () => {
    const { ec2, nodes, provider } = memoryCluster(5);
    const results = (
      await Promise.all(nodes.map((node, index) => change(provider, attach(`10.0.2.${index}`, node))))
    ).flat();
    expect(new Set(inShort(results))).toEqual(new Set(['done']));
    expect(ec2.callsOf('DescribeInstances')).toHaveLength(1);
  });
});
