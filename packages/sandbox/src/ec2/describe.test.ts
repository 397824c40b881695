import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMoto, startStrictEc2, type Ec2Node, type StrictEc2 } from './index.ts';
import { asFilter, asFilters, asList } from './query.ts';
import { Ec2TestClient } from './testing/ec2-test-client.ts';
import { child, items, text } from './xml.ts';
import { noMoto, unless } from '../../../../tools/testing/unless.ts';

describe("EC2's describe calls", unless(findMoto() === undefined, noMoto), () => {
  let ec2: StrictEc2;
  let client: Ec2TestClient;
  let nodes: Ec2Node[];
  beforeAll(async () => {
    ec2 = await startStrictEc2();
    client = new Ec2TestClient(ec2.url);
    nodes = await ec2.createCluster({
      zones: [
        { zone: 'us-east-1a', cidr: '10.0.1.0/24', ipv6Cidr: '2600:1f18:1:1::/64', workers: 7 },
        { zone: 'us-east-1b', cidr: '10.0.2.0/24', workers: 5 },
      ],
    });
  });
  afterAll(() => ec2.close());
  const idsOf = (values: Ec2Node[], key: 'instanceId' | 'networkInterfaceId'): string[] =>
    values.map((node) => node[key]).sort();

  it('comes in pages', async () => {
    const interfaces = await client.pages(
      { Action: 'DescribeNetworkInterfaces', MaxResults: '5' },
      'networkInterfaceSet',
    );
    expect(interfaces.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(
      interfaces
        .flat()
        .map((item) => text(item, 'networkInterfaceId'))
        .sort(),
    ).toEqual(idsOf(nodes, 'networkInterfaceId'));
    const instances = await client.pages(
      { Action: 'DescribeInstances', MaxResults: '6', ...asFilter('instance-id', idsOf(nodes, 'instanceId')) },
      'reservationSet',
    );
    expect(instances.map(({ length }) => length)).toEqual([6, 6]);
    const subnets = await client.pages({ Action: 'DescribeSubnets', MaxResults: '5' }, 'subnetSet');
    expect(subnets.length).toBeGreaterThan(1);
    expect(await client.pages({ Action: 'DescribeInstances' }, 'reservationSet')).toHaveLength(1);
  });

  it.each([
    ['a page too small', { Action: 'DescribeSubnets', MaxResults: '4' }, 'InvalidParameterValue'],
    ['a page too large', { Action: 'DescribeNetworkInterfaces', MaxResults: '1001' }, 'InvalidParameterValue'],
    ['a page of types too large', { Action: 'DescribeInstanceTypes', MaxResults: '101' }, 'InvalidParameterValue'],
    ['a token of its own making', { Action: 'DescribeSubnets', NextToken: 'x' }, 'InvalidPaginationToken'],
    [
      '201 values of a filter',
      {
        Action: 'DescribeInstances',
        ...asFilter(
          'instance-id',
          Array.from({ length: 201 }, () => 'i-0'),
        ),
      },
      'FilterLimitExceeded',
    ],
    [
      'interface IDs in pages',
      { Action: 'DescribeNetworkInterfaces', MaxResults: '5', 'NetworkInterfaceId.1': 'eni-00000000' },
      'InvalidParameterCombination',
    ],
    [
      'an instance ID that cannot be one',
      { Action: 'DescribeInstances', 'InstanceId.1': 'i-x' },
      'InvalidInstanceID.Malformed',
    ],
    [
      'an interface ID that cannot be one',
      { Action: 'AssignPrivateIpAddresses', NetworkInterfaceId: 'i-00000000' },
      'InvalidNetworkInterfaceId.Malformed',
    ],
    [
      'instance IDs in pages',
      { Action: 'DescribeInstances', MaxResults: '5', 'InstanceId.1': 'i-00000000' },
      'InvalidParameterCombination',
    ],
  ])('refuses %s', async (_case, parameters, code) => {
    expect(await client.outcome(parameters)).toBe(code);
  });

  it('fails a whole call for one unknown instance', async () => {
    const call = (...ids: string[]): Promise<unknown> =>
      client.call({ Action: 'DescribeInstances', ...asList('InstanceId', [nodes[0]!.instanceId, ...ids]) });
    expect(await call()).toMatchObject({ outcome: 'ok' });
    expect(await call('i-00000000000000001')).toMatchObject({
      outcome: 'InvalidInstanceID.NotFound',
      message: "The instance ID 'i-00000000000000001' does not exist",
    });
    expect(await call('i-00000000000000001', 'i-00000000000000002')).toMatchObject({
      message: "The instance IDs 'i-00000000000000001, i-00000000000000002' do not exist",
    });
  });

  it('shows what interfaces are attached to, and finds them by it', async () => {
    const [node] = nodes as [Ec2Node];
    const { vpcId } = await ec2.networkInterface(node.networkInterfaceId);
    const find = async (name: string, value: string): Promise<number> =>
      items(
        (await client.call({ Action: 'DescribeNetworkInterfaces', ...asFilter(name, [value]) })).content,
        'networkInterfaceSet',
      ).length;
    expect(await find('subnet-id', node.subnetId)).toBe(7);
    expect(await find('vpc-id', vpcId)).toBe(12);
    expect(await find('network-interface-id', node.networkInterfaceId)).toBe(1);
    expect(await find('attachment.instance-id', node.instanceId)).toBe(1);
    const { content } = await client.call({
      Action: 'DescribeNetworkInterfaces',
      'NetworkInterfaceId.1': node.networkInterfaceId,
    });
    expect(child(items(content, 'networkInterfaceSet')[0] ?? {}, 'attachment')).toMatchObject({
      instanceId: node.instanceId,
      deviceIndex: '0',
      networkCardIndex: '0',
      status: 'attached',
    });
  });

  it('finds interfaces by any of their addresses', async () => {
    const [one, two] = nodes as [Ec2Node, Ec2Node];
    await ec2.assignForeign({ networkInterfaceId: one.networkInterfaceId, address: '10.0.1.100' });
    const { content } = await client.call({
      Action: 'DescribeNetworkInterfaces',
      ...asFilters([
        { name: 'addresses.private-ip-address', values: ['10.0.1.100', two.primaryAddress, '10.0.2.4'] },
        { name: 'subnet-id', values: [one.subnetId] },
      ]),
    });
    expect(items(content, 'networkInterfaceSet').map((item) => text(item, 'networkInterfaceId'))).toEqual([
      one.networkInterfaceId,
      two.networkInterfaceId,
    ]);
  });

  it('shows the blocks of a subnet', async () => {
    const { content } = await client.call({ Action: 'DescribeSubnets', 'SubnetId.1': nodes[0]!.subnetId });
    const [subnet = {}] = items(content, 'subnetSet');
    expect(text(subnet, 'cidrBlock')).toBe('10.0.1.0/24');
    expect(items(subnet, 'ipv6CidrBlockAssociationSet')).toMatchObject([
      { ipv6CidrBlock: '2600:1f18:1:1::/64', ipv6CidrBlockState: { state: 'associated' } },
    ]);
  });

  it('knows how many addresses an instance type carries', async () => {
    const { content } = await client.call({ Action: 'DescribeInstanceTypes', 'InstanceType.1': 'm5.large' });
    expect(child(items(content, 'instanceTypeSet')[0] ?? {}, 'networkInfo')).toMatchObject({
      ipv4AddressesPerInterface: '10',
      ipv6AddressesPerInterface: '10',
    });
  });
});
