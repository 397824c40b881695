import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findMoto, startStrictEc2, type Ec2Node, type StrictEc2 } from './index.ts';
import { asList } from './query.ts';
import { Ec2TestClient } from './testing/ec2-test-client.ts';
import { items, text } from './xml.ts';
import { noMoto, unless } from '../../../../tools/testing/unless.ts';

describe("EC2's rules for addresses", unless(findMoto() === undefined, noMoto), () => {
  let ec2: StrictEc2;
  let client: Ec2TestClient;
  let nodes: [Ec2Node, Ec2Node, Ec2Node];
  let [a, b, c] = ['', '', ''];
  beforeAll(async () => {
    ec2 = await startStrictEc2();
    client = new Ec2TestClient(ec2.url);
  });
  afterAll(() => ec2.close());
  beforeEach(async () => {
    const zones = [
      { zone: 'us-east-1a', cidr: '10.0.1.0/24', ipv6Cidr: '2600:1f18:1:1::/64', workers: 2 },
      { zone: 'us-east-1b', cidr: '10.0.2.0/24', workers: 1 },
    ];
    nodes = (await ec2.createCluster({ zones, instanceType: 't3.micro' })) as typeof nodes;
    [a, b, c] = nodes.map(({ networkInterfaceId }) => networkInterfaceId) as [string, string, string];
  });
  const secondary = async (id: string): Promise<readonly string[]> =>
    (await ec2.networkInterface(id)).secondaryAddresses;

  it('builds a cluster as nodes know it', async () => {
    const [node] = nodes;
    expect(node).toMatchObject({
      name: 'worker-us-east-1a-1',
      zone: 'us-east-1a',
      subnetCidr: '10.0.1.0/24',
      primaryAddress: '10.0.1.4',
      providerID: `aws:///us-east-1a/${node.instanceId}`,
    });
    expect(await ec2.networkInterface(a)).toMatchObject({
      instanceId: node.instanceId,
      deviceIndex: 0,
      subnetId: node.subnetId,
      primaryAddress: '10.0.1.4',
      secondaryAddresses: [],
      ipv6Addresses: [],
    });
  });

  it('assigns one address, and answers with what it assigned', async () => {
    const { content, outcome } = await client.call({
      Action: 'AssignPrivateIpAddresses',
      NetworkInterfaceId: a,
      'PrivateIpAddress.1': '10.0.1.20',
    });
    expect(outcome).toBe('ok');
    expect(items(content, 'assignedPrivateIpAddressesSet')).toEqual([{ privateIpAddress: '10.0.1.20' }]);
    expect(await secondary(a)).toEqual(['10.0.1.20']);
  });

  it.each([
    ['in another subnet', '10.0.2.20', "does not fall within the subnet's address range"],
    ['the network', '10.0.1.0', 'reserved address range'],
    ['the fourth of the subnet', '10.0.1.3', 'reserved address range'],
    ['the last of the subnet', '10.0.1.255', 'reserved address range'],
    ['of the other family', '2600:1f18:1:1::20', 'invalid value'],
    ['no address', '10.0.1', 'invalid value'],
    ["the interface's own primary one", '10.0.1.4', 'secondary-addresses'],
  ])('refuses an address that is %s, and the rest of the request', async (_case, address, message) => {
    const answer = await client.call({
      Action: 'AssignPrivateIpAddresses',
      NetworkInterfaceId: a,
      ...asList('PrivateIpAddress', ['10.0.1.20', address]),
    });
    expect(answer).toMatchObject({
      status: 400,
      outcome: 'InvalidParameterValue',
      message: expect.stringContaining(message),
    });
    expect(await secondary(a)).toEqual([]);
  });

  it('refuses what another interface has, unless it may move', async () => {
    await client.assign(a, ['10.0.1.20']);
    const answer = await client.call({
      Action: 'AssignPrivateIpAddresses',
      NetworkInterfaceId: b,
      ...asList('PrivateIpAddress', ['10.0.1.20', '10.0.1.21']),
    });
    expect(answer).toMatchObject({
      outcome: 'InvalidParameterValue',
      message: '[10.0.1.20] assigned, but move is not allowed.',
    });
    expect(await secondary(b)).toEqual([]);
  });

  it('moves an address in one step', async () => {
    await client.assign(a, ['10.0.1.20']);
    const seen: number[] = [];
    const move = client.assign(b, ['10.0.1.20'], { AllowReassignment: 'true' }).finally(() => seen.push(0));
    while (seen.length === 0) {
      const [page = []] = await client.pages(
        { Action: 'DescribeNetworkInterfaces', 'Filter.1.Name': 'subnet-id', 'Filter.1.Value.1': nodes[0].subnetId },
        'networkInterfaceSet',
      );
      const holders = page.filter((item) =>
        items(item, 'privateIpAddressesSet').some((address) => text(address, 'privateIpAddress') === '10.0.1.20'),
      );
      expect(holders).toHaveLength(1);
    }
    expect(await move).toBe('ok');
    expect([await secondary(a), await secondary(b)]).toEqual([[], ['10.0.1.20']]);
  });

  it("never moves someone's primary address, whoever that is", async () => {
    const balancer = await ec2.createLoadBalancerInterface({
      subnetId: nodes[0].subnetId,
      address: '10.0.1.30',
      description: 'ELB app/front',
    });
    expect(await ec2.networkInterface(balancer)).toMatchObject({
      primaryAddress: '10.0.1.30',
      description: 'ELB app/front',
    });
    for (const address of ['10.0.1.30', '10.0.1.5'])
      expect(await client.assign(a, [address], { AllowReassignment: 'true' })).toBe('InvalidParameterValue');
    expect(await secondary(a)).toEqual([]);
  });

  it('takes what the interface has already for done', async () => {
    await client.assign(a, ['10.0.1.20']);
    expect(await client.assign(a, ['10.0.1.20'])).toBe('ok');
    expect(await secondary(a)).toEqual(['10.0.1.20']);
  });

  it('counts every address against the limit of the instance type, which is 2 for t3.micro', async () => {
    expect(await client.assign(a, ['10.0.1.20', '10.0.1.21'])).toBe('PrivateIpAddressLimitExceeded');
    expect(await secondary(a)).toEqual([]);
    await ec2.assignForeign({ networkInterfaceId: a, address: '10.0.1.22' });
    expect(await client.assign(a, ['10.0.1.20'])).toBe('PrivateIpAddressLimitExceeded');
    expect(await client.assign(a, ['10.0.1.22'])).toBe('ok');
  });

  it('chooses free addresses when given a number', async () => {
    await client.assign(b, ['10.0.1.6']);
    const { content } = await client.call({
      Action: 'AssignPrivateIpAddresses',
      NetworkInterfaceId: a,
      SecondaryPrivateIpAddressCount: '1',
    });
    expect(items(content, 'assignedPrivateIpAddressesSet')).toEqual([{ privateIpAddress: '10.0.1.7' }]);
    expect(
      await client.outcome({
        Action: 'AssignPrivateIpAddresses',
        NetworkInterfaceId: a,
        SecondaryPrivateIpAddressCount: '1',
      }),
    ).toBe('PrivateIpAddressLimitExceeded');
    expect(await client.assign(a, ['10.0.1.8'], { SecondaryPrivateIpAddressCount: '1' })).toBe(
      'InvalidParameterCombination',
    );
    expect(await client.assign(a, [])).toBe('MissingParameter');
  });

  it('names an interface that is none', async () => {
    expect(await client.assign('eni-00000000000000000', ['10.0.1.20'])).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(await client.unassign('eni-00000000000000000', ['10.0.1.20'])).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(await client.outcome({ Action: 'AssignPrivateIpAddresses', 'PrivateIpAddress.1': '10.0.1.20' })).toBe(
      'MissingParameter',
    );
  });

  it('unassigns all or nothing', async () => {
    await client.assign(a, ['10.0.1.20']);
    const missing = await client.call({
      Action: 'UnassignPrivateIpAddresses',
      NetworkInterfaceId: a,
      ...asList('PrivateIpAddress', ['10.0.1.20', '10.0.1.21']),
    });
    expect(missing).toMatchObject({
      outcome: 'InvalidParameterValue',
      message: `Some of the specified addresses are not assigned to interface ${a}`,
    });
    expect(await client.unassign(a, ['10.0.1.20', '10.0.1.4'])).toBe('InvalidParameterValue');
    expect(await secondary(a)).toEqual(['10.0.1.20']);
    expect(await client.unassign(a, ['10.0.1.20'])).toBe('ok');
    expect(await secondary(a)).toEqual([]);
  });

  it('does the same for IPv6, which cannot move', async () => {
    const call = (action: string, networkInterfaceId: string, ...addresses: string[]): Promise<string> =>
      client.outcome({
        Action: `${action}Ipv6Addresses`,
        NetworkInterfaceId: networkInterfaceId,
        ...asList('Ipv6Addresses', addresses),
      });
    expect(await call('Assign', a, '2600:1f18:1:1:0::20')).toBe('ok');
    expect((await ec2.networkInterface(a)).ipv6Addresses).toEqual(['2600:1f18:1:1::20']);
    expect(await call('Assign', b, '2600:1f18:1:1::20')).toBe('InvalidParameterValue');
    expect(await call('Assign', a, '2600:1f18:1:1::3')).toBe('InvalidParameterValue');
    expect(await call('Assign', a, '2600:1f18:1:9::20')).toBe('InvalidParameterValue');
    expect(await call('Assign', c, '2600:1f18:1:1::21')).toBe('InvalidParameterValue');
    expect(await call('Assign', a, '2600:1f18:1:1::21', '2600:1f18:1:1::22')).toBe('PrivateIpAddressLimitExceeded');
    expect(await call('Unassign', a, '2600:1f18:1:1::21')).toBe('InvalidParameterValue');
    expect(await call('Unassign', a, '2600:1f18:1:1::20')).toBe('ok');
    expect((await ec2.networkInterface(a)).ipv6Addresses).toEqual([]);
  });

  it('lets exactly one of fifty win an address', async () => {
    const rivals = await ec2.createCluster({ zones: [{ zone: 'us-east-1a', cidr: '10.0.3.0/24', workers: 50 }] });
    const outcomes = await Promise.all(
      rivals.map(({ networkInterfaceId }) => client.assign(networkInterfaceId, ['10.0.3.100'])),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'InvalidParameterValue')).toHaveLength(49);
    const winner = rivals[outcomes.indexOf('ok')]!;
    expect(await secondary(winner.networkInterfaceId)).toEqual(['10.0.3.100']);
  });
});
