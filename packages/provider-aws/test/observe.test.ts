import { describe, expect, it } from 'vitest';
import { change, instanceOf, look, machineSetsOf, memoryCluster, worker } from './cluster.ts';
import { ec2Error } from './memory-ec2.ts';

const cidrs = ['10.0.0.0/20'];

describe('observe', () => {
  it('shows the main interface with its primary and secondary addresses, subnets and limits', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    const main = [...ec2.interfaces.values()][0]!;
    main.secondary = ['10.0.3.9', '10.0.3.10'];
    main.ipv6 = ['2001:db8:0:0:0::5'];
    ec2.addInterface({
      id: 'eni-0',
      subnetId: 'subnet-a',
      instanceId: instanceOf(1),
      deviceIndex: 1,
      primary: '10.0.4.4',
      secondary: [],
      ipv6: [],
    });
    ec2.addInterface({
      id: 'eni-1',
      subnetId: 'subnet-a',
      instanceId: instanceOf(1),
      deviceIndex: 0,
      networkCardIndex: 1,
      primary: '10.0.4.5',
      secondary: [],
      ipv6: [],
    });
    const {
      nodes: [observed],
    } = await look(provider, nodes, cidrs);
    expect(observed).toEqual({
      node: 'worker-1',
      limits: { ipv4: 6, ipv6: 6 },
      interfaces: [
        {
          id: main.id,
          main: true,
          subnets: ['10.0.0.0/20', '2001:db8::/64'],
          addresses: [
            { address: '10.0.15.1', primary: true },
            { address: '10.0.3.9', primary: false },
            { address: '10.0.3.10', primary: false },
            { address: '2001:db8::5', primary: false },
          ],
        },
        {
          id: 'eni-0',
          main: false,
          subnets: ['10.0.0.0/20', '2001:db8::/64'],
          addresses: [{ address: '10.0.4.4', primary: true }],
        },
        {
          id: 'eni-1',
          main: false,
          subnets: ['10.0.0.0/20', '2001:db8::/64'],
          addresses: [{ address: '10.0.4.5', primary: true }],
        },
      ],
    });
  });

  it('tells who uses an address: the node, the service, the instance', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    ec2.addInterface({
      id: 'eni-a',
      subnetId: 'subnet-a',
      primary: '10.0.2.1',
      secondary: ['10.0.2.2'],
      ipv6: ['2001:db8::9'],
      description: 'ELB app/shop',
    });
    ec2.addInterface({
      id: 'eni-b',
      subnetId: 'subnet-a',
      instanceId: 'i-other',
      primary: '10.0.2.3',
      secondary: [],
      ipv6: [],
    });
    ec2.addInterface({
      id: 'eni-c',
      subnetId: 'subnet-a',
      primary: '10.0.2.4',
      secondary: [],
      ipv6: [],
      requesterId: 'amazon-rds',
    });
    const { cidrs: observed } = await look(provider, nodes, ['10.0.2.0/24', '10.0.15.0/24', '2001:db8::/64']);
    expect(observed.map((entry) => ('error' in entry ? entry.error : entry.inUse))).toEqual([
      [
        { address: '10.0.2.1', usedBy: 'interface eni-a (ELB app/shop)' },
        { address: '10.0.2.2', usedBy: 'interface eni-a (ELB app/shop)' },
        { address: '10.0.2.3', usedBy: 'interface eni-b (instance i-other)' },
        { address: '10.0.2.4', usedBy: 'interface eni-c (amazon-rds)' },
      ],
      [{ address: '10.0.15.1', usedBy: expect.stringMatching(/^node worker-1 \(interface eni-/) }],
      [{ address: '2001:db8::9', usedBy: 'interface eni-a (ELB app/shop)' }],
    ]);
  });

  it('reserves the first four and the last address of every subnet that meets the CIDR, and delegated prefixes', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    ec2.subnets.set('subnet-b', { id: 'subnet-b', vpcId: 'vpc-1', cidr: '10.0.16.0/28', ipv6: '2001:db8:1::/64' });
    ec2.addInterface({
      id: 'eni-b',
      subnetId: 'subnet-a',
      primary: '10.0.2.3',
      secondary: [],
      ipv6: [],
      prefixes: ['10.0.5.16/28'],
    });
    const { cidrs: observed } = await look(provider, nodes, [
      '10.0.0.0/16',
      '10.0.5.0/24',
      '10.0.16.8/29',
      '2001:db8:1::/64',
    ]);
    expect(observed.map((entry) => ('error' in entry ? entry.error : entry.reserved))).toEqual([
      [
        '10.0.0.0',
        '10.0.0.1',
        '10.0.0.2',
        '10.0.0.3',
        '10.0.15.255',
        '10.0.16.0',
        '10.0.16.1',
        '10.0.16.2',
        '10.0.16.3',
        '10.0.16.15',
        '10.0.5.16-10.0.5.31',
      ],
      ['10.0.5.16-10.0.5.31'],
      ['10.0.16.15'],
      ['2001:db8:1::', '2001:db8:1::1', '2001:db8:1::2', '2001:db8:1::3', '2001:db8:1:0:ffff:ffff:ffff:ffff'],
    ]);
  });

  it('a delegated prefix takes the place of one address', async () => {
    const { ec2, provider } = memoryCluster(0);
    ec2.addInstance({
      id: instanceOf(1),
      subnetId: 'subnet-a',
      primary: '10.0.15.1',
      prefixes: ['10.0.5.16/28', '10.0.5.32/28'],
    });
    const {
      nodes: [observed],
    } = await look(provider, [worker(1)], cidrs);
    expect(observed).toMatchObject({ limits: { ipv4: 4, ipv6: 6 } });
  });

  it('reads all pages', async () => {
    const { ec2, nodes, provider } = memoryCluster(30);
    ec2.pageLimit = 7;
    const observation = await look(provider, nodes, cidrs);
    expect(observation.nodes.every((node) => 'interfaces' in node)).toBe(true);
    expect(observation.cidrs[0]).toMatchObject({ inUse: { length: 30 } });
  });

  it('asks for more instances than one filter takes', async () => {
    const { nodes, provider } = memoryCluster(250);
    expect((await look(provider, nodes, cidrs)).nodes.filter((node) => 'error' in node)).toEqual([]);
  });

  it("finds subnets outside of the nodes' VPC by ID, ARN and filter", async () => {
    const references = [
      { id: 'subnet-b' },
      { arn: 'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:subnet/subnet-c' },
      { filters: [{ name: 'subnet-id', values: ['subnet-d'] }] },
    ];
    const { ec2, nodes, provider } = memoryCluster(1, { context: { objects: machineSetsOf(references) } });
    ['b', 'c', 'd'].forEach((letter, index) => {
      ec2.subnets.set(`subnet-${letter}`, { id: `subnet-${letter}`, vpcId: 'vpc-2', cidr: `10.1.${index}.0/24` });
      ec2.addInterface({
        id: `eni-${letter}`,
        subnetId: `subnet-${letter}`,
        primary: `10.1.${index}.7`,
        secondary: [],
        ipv6: [],
      });
    });
    const { cidrs: observed } = await look(provider, nodes, ['10.1.0.0/24', '10.1.1.0/24', '10.1.2.0/24']);
    expect(
      observed.map((entry) => ('error' in entry ? entry.error : entry.inUse.map(({ address }) => address))),
    ).toEqual([['10.1.0.7'], ['10.1.1.7'], ['10.1.2.7']]);
  });

  it('a reference that EC2 refuses spoils nothing else, and is not asked about at every look', async () => {
    const { ec2, nodes, provider } = memoryCluster(1, {
      context: { objects: machineSetsOf([{ filters: [{ name: 'nonsense', values: ['x'] }] }]) },
    });
    ec2.inject({
      operation: 'DescribeSubnets',
      address: 'nonsense',
      error: ec2Error('InvalidParameterValue', "The filter 'nonsense' is invalid"),
      times: 100,
    });
    const observation = await look(provider, nodes, [...cidrs, '172.16.0.0/24']);
    expect(observation).toMatchObject({
      nodes: [{ limits: {} }],
      cidrs: [
        { reserved: { length: 5 } },
        { error: { class: 'permanent', message: expect.stringContaining('nonsense') } },
      ],
    });
    ec2.calls.length = 0;
    expect(await look(provider, nodes, [...cidrs, '172.16.0.0/24'])).toEqual(observation);
    expect(ec2.counts.describing).toBe(1);
  });

  it('a CIDR without a subnet, or that is none, is an error of that CIDR alone', async () => {
    const { nodes, provider } = memoryCluster(1);
    const { cidrs: observed } = await look(provider, nodes, ['172.16.0.0/24', 'nonsense', '10.0.0.0/20']);
    expect(observed).toMatchObject([
      { error: { class: 'not-found', message: expect.stringContaining('172.16.0.0/24') } },
      { error: { class: 'permanent' } },
      { reserved: { length: 5 } },
    ]);
  });

  it('a node without a providerID, with a strange one, or terminated is an error of that node alone', async () => {
    const { ec2, nodes, provider } = memoryCluster(2);
    ec2.terminate(instanceOf(2));
    const { nodes: observed } = await look(
      provider,
      [{ name: 'new' }, { name: 'other', providerID: 'gce://x/y' }, ...nodes],
      cidrs,
    );
    expect(observed).toMatchObject([
      { error: { class: 'not-found' } },
      { error: { class: 'not-found', message: expect.stringContaining('gce://x/y') } },
      { limits: {} },
      { error: { class: 'not-found', message: expect.stringContaining('terminated') } },
    ]);
  });

  it('subnets that cannot be read make CIDRs and nodes wait, not look free', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    ec2.inject({ operation: 'DescribeSubnets', error: ec2Error('InternalError', 'no', 500), times: 2 });
    const observation = await look(provider, nodes, cidrs);
    expect(observation).toMatchObject({
      nodes: [{ error: { class: 'transient' } }],
      cidrs: [{ error: { class: 'transient' } }],
    });
    expect(await look(provider, nodes, cidrs)).toMatchObject({
      nodes: [{ node: 'worker-1', limits: {} }],
      cidrs: [{ reserved: { length: 5 } }],
    });
  });

  it('a new instance that cannot be read yet leaves the others readable', async () => {
    const { ec2, nodes, provider } = memoryCluster(2);
    await look(provider, nodes.slice(0, 1), cidrs);
    ec2.inject({ operation: 'DescribeInstances', error: ec2Error('RequestLimitExceeded', 'no', 503), times: 2 });
    expect(await look(provider, nodes, cidrs)).toMatchObject({
      nodes: [{ limits: {} }, { error: { class: 'throttled' } }],
      cidrs: [{ reserved: { length: 5 } }],
    });
  });

  it('throws when the credentials allow nothing', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    ec2.inject({
      error: ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
      times: 100,
    });
    await expect(look(provider, nodes, cidrs)).rejects.toMatchObject({
      description: { class: 'unauthorized', code: 'AuthFailure' },
    });
  });

  it('takes limits from the shipped table where DescribeInstanceTypes is refused, and asks seldom', async () => {
    const { ec2, nodes, provider } = memoryCluster(1, { type: 'm5.large' });
    ec2.addInstance({ id: instanceOf(2), subnetId: 'subnet-a', primary: '10.0.15.2', type: 'zz9.strange' });
    ec2.inject({ operation: 'DescribeInstanceTypes', error: ec2Error('UnauthorizedOperation', 'no', 403), times: 100 });
    const { nodes: observed } = await look(provider, [...nodes, worker(2)], cidrs);
    expect(observed).toMatchObject([{ limits: { ipv4: 10, ipv6: 10 } }, { error: { class: 'unauthorized' } }]);
    await look(provider, [...nodes, worker(2)], cidrs);
    expect(ec2.callsOf('DescribeInstanceTypes')).toHaveLength(1);
  });

  it('an instance of another type is seen when it has started anew, and within the hour where nothing tells that it has', async () => {
    const { ec2, nodes, clock, provider } = memoryCluster(1);
    const booted = (bootID: string) => nodes.map((node) => ({ ...node, bootID }));
    await look(provider, booted('first'), cidrs);
    ec2.instances.set(instanceOf(1), { ...ec2.instances.get(instanceOf(1)), InstanceType: 'm5.xlarge' });
    expect((await look(provider, booted('second'), cidrs)).nodes).toMatchObject([{ limits: { ipv4: 15 } }]);
    await look(provider, nodes, cidrs);
    ec2.instances.set(instanceOf(1), { ...ec2.instances.get(instanceOf(1)), InstanceType: 'm5.4xlarge' });
    clock.skip(3_600_001);
    expect((await look(provider, nodes, cidrs)).nodes).toMatchObject([{ limits: { ipv4: 30 } }]);
  });

  it('a look that started before a change does not undo what the change saw', async () => {
    const { ec2, nodes, provider } = memoryCluster(1);
    await look(provider, nodes, cidrs);
    const [first] = await Promise.all([
      change(provider, { type: 'attach', address: '10.0.1.5', node: nodes[0]! }),
      look(provider, nodes, cidrs),
    ]);
    expect(first).toMatchObject([{ outcome: 'done' }]);
    const again = await change(provider, { type: 'detach', address: '10.0.1.5', node: nodes[0]! });
    expect(again).toMatchObject([{ outcome: 'done' }]);
    expect([...ec2.interfaces.values()][0]!.secondary).toEqual([]);
  });
});
