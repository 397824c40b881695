import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findMoto, startStrictEc2, type Ec2Node, type StrictEc2 } from './index.ts';
import { asFilter } from './query.ts';
import { Ec2TestClient } from './testing/ec2-test-client.ts';
import { items, text, type XmlElement } from './xml.ts';
import { noMoto, unless } from '../../../../tools/testing/unless.ts';

describe('Faults and log of the strict EC2', unless(findMoto() === undefined, noMoto), () => {
  let ec2: StrictEc2;
  let client: Ec2TestClient;
  let node: Ec2Node;
  let id = '';
  let time = 1_000_000;
  beforeAll(async () => {
    ec2 = await startStrictEc2({ now: () => time });
    client = new Ec2TestClient(ec2.url);
  });
  afterAll(() => ec2.close());
  beforeEach(async () => {
    [node] = (await ec2.createCluster({ zones: [{ zone: 'us-east-1a', cidr: '10.0.1.0/24', workers: 1 }] })) as [
      Ec2Node,
    ];
    id = node.networkInterfaceId;
    ec2.clearCalls();
  });
  afterEach(() => ec2.clearFaults());
  const secondary = async (): Promise<readonly string[]> => (await ec2.networkInterface(id)).secondaryAddresses;
  const addressesIn = (list: readonly XmlElement[]): unknown[] =>
    list.flatMap((item) => items(item, 'privateIpAddressesSet').map((address) => text(address, 'privateIpAddress')));
  const describeInterface = async (): Promise<unknown[]> => {
    const { content } = await client.call({
      Action: 'DescribeNetworkInterfaces',
      ...asFilter('network-interface-id', [id]),
    });
    return addressesIn(items(content, 'networkInterfaceSet'));
  };
  const describeInstance = async (): Promise<unknown[]> => {
    const { content } = await client.call({ Action: 'DescribeInstances', 'InstanceId.1': node.instanceId });
    const instances = items(content, 'reservationSet').flatMap((reservation) => items(reservation, 'instancesSet'));
    return addressesIn(instances.flatMap((instance) => items(instance, 'networkInterfaceSet')));
  };

  it('logs every call and its outcome', async () => {
    await client.assign(id, ['10.0.1.20']);
    await client.assign(id, ['10.0.1.0']);
    await describeInterface();
    expect(ec2.calls).toMatchObject([
      {
        action: 'AssignPrivateIpAddresses',
        kind: 'mutating',
        region: 'us-east-1',
        at: time,
        outcome: 'ok',
        parameters: { NetworkInterfaceId: id, 'PrivateIpAddress.1': '10.0.1.20' },
      },
      { outcome: 'InvalidParameterValue' },
      { action: 'DescribeNetworkInterfaces', kind: 'describing', outcome: 'ok' },
    ]);
    expect(ec2.callCounts()).toEqual({ mutating: 2, describing: 1 });
    ec2.clearCalls();
    expect(ec2.callCounts()).toEqual({ mutating: 0, describing: 0 });
  });

  it('keeps regions apart', async () => {
    const elsewhere = new Ec2TestClient(ec2.url, 'eu-west-1');
    expect(await elsewhere.assign(id, ['10.0.1.20'])).toBe('InvalidNetworkInterfaceID.NotFound');
    expect(ec2.calls).toMatchObject([{ region: 'eu-west-1' }]);
  });

  it.each([
    ['RequestLimitExceeded', 503],
    ['InternalError', 500],
    ['UnauthorizedOperation', 403],
    ['SomethingElse', 400],
  ])('refuses with %s as often as asked', async (code, status) => {
    ec2.inject({ fault: { kind: 'error', code }, action: 'AssignPrivateIpAddresses', times: 1 });
    const parameters = {
      Action: 'AssignPrivateIpAddresses',
      NetworkInterfaceId: id,
      'PrivateIpAddress.1': '10.0.1.20',
    };
    expect(await describeInterface()).toEqual(['10.0.1.4']);
    expect(await client.call(parameters)).toMatchObject({ status, outcome: code });
    expect(await secondary()).toEqual([]);
    expect(await client.outcome(parameters)).toBe('ok');
    expect(ec2.calls.map(({ fault, outcome }) => [fault, outcome])).toEqual([
      [undefined, 'ok'],
      ['error', code],
      [undefined, 'ok'],
    ]);
  });

  it('does a part of a call, and says nothing of it', async () => {
    ec2.inject({ fault: { kind: 'partial', addresses: 1 }, times: 2 });
    expect(await client.assign(id, ['10.0.1.20', '10.0.1.21', '10.0.1.22'])).toBe('ok');
    expect(await secondary()).toEqual(['10.0.1.20']);
    expect(await client.unassign(id, ['10.0.1.20', '10.0.1.21'])).toBe('ok');
    expect(await secondary()).toEqual([]);
  });

  it('stops refusing when the rule or all rules are taken away', async () => {
    const remove = ec2.inject({ fault: { kind: 'error', code: 'InternalError' } });
    expect(await client.assign(id, ['10.0.1.20'])).toBe('InternalError');
    remove();
    expect(await client.assign(id, ['10.0.1.20'])).toBe('ok');
    ec2.inject({ fault: { kind: 'error', code: 'InternalError' }, action: /^Unassign/ });
    ec2.clearFaults();
    expect(await client.unassign(id, ['10.0.1.20'])).toBe('ok');
  });

  it('can wait for a certain call', async () => {
    ec2.inject({
      fault: { kind: 'error', code: 'InternalError' },
      action: 'AssignPrivateIpAddresses',
      where: { NetworkInterfaceId: id },
      skip: 1,
      times: 1,
    });
    const outcomes = [
      await client.assign('eni-00000000000000000', []),
      await client.assign(id, ['10.0.1.20']),
      await client.assign(id, ['10.0.1.21']),
      await client.assign(id, ['10.0.1.21']),
    ];
    expect(outcomes).toEqual(['InvalidNetworkInterfaceID.NotFound', 'ok', 'InternalError', 'ok']);
  });

  it('resets the connection before or after the change', async () => {
    ec2.inject({ fault: { kind: 'reset', when: 'before' }, times: 1 });
    ec2.inject({ fault: { kind: 'reset', when: 'after' }, times: 1 });
    await expect(client.assign(id, ['10.0.1.20'])).rejects.toThrow('fetch failed');
    expect(await secondary()).toEqual([]);
    await expect(client.assign(id, ['10.0.1.20'])).rejects.toThrow('fetch failed');
    expect(await secondary()).toEqual(['10.0.1.20']);
    expect(ec2.calls).toMatchObject([{ outcome: 'unseen' }, { outcome: 'ok', fault: 'reset' }]);
  });

  it('changes without a word, so that the client times out', async () => {
    ec2.inject({ fault: { kind: 'silence', when: 'after' }, action: ['AssignPrivateIpAddresses'], times: 1 });
    const patience = new AbortController();
    const answer = client.call(
      { Action: 'AssignPrivateIpAddresses', NetworkInterfaceId: id, 'PrivateIpAddress.1': '10.0.1.20' },
      patience.signal,
    );
    await expect.poll(() => ec2.calls[0]?.outcome).toBe('ok');
    patience.abort();
    await expect(answer).rejects.toThrow('aborted');
    expect(await secondary()).toEqual(['10.0.1.20']);
  });

  it('delays a call, and no other', async () => {
    ec2.inject({ fault: { kind: 'delay', milliseconds: 300 }, action: 'AssignPrivateIpAddresses', times: 1 });
    const order: string[] = [];
    await Promise.all([
      client.assign(id, ['10.0.1.20']).then((outcome) => order.push(outcome)),
      describeInterface().then(() => order.push('describe')),
    ]);
    expect(order).toEqual(['describe', 'ok']);
  });

  it('describes what was so many changes ago, both on interfaces and instances', async () => {
    await client.assign(id, ['10.0.1.20']);
    await client.assign(id, ['10.0.1.21']);
    ec2.inject({ fault: { kind: 'stale', by: { mutations: 1 } }, times: 2 });
    expect(await describeInterface()).toEqual(['10.0.1.4', '10.0.1.20']);
    expect(await describeInstance()).toEqual(['10.0.1.4', '10.0.1.20']);
    expect(await describeInterface()).toEqual(['10.0.1.4', '10.0.1.20', '10.0.1.21']);
    ec2.inject({ fault: { kind: 'stale', by: { mutations: 2 } } });
    expect(await describeInstance()).toEqual(['10.0.1.4']);
  });

  it('describes what was so many milliseconds ago', async () => {
    await client.assign(id, ['10.0.1.20']);
    time += 1_000;
    await client.unassign(id, ['10.0.1.20']);
    time += 500;
    ec2.inject({ fault: { kind: 'stale', by: { milliseconds: 600 } } });
    expect(await describeInterface()).toEqual(['10.0.1.4', '10.0.1.20']);
    time += 200;
    expect(await describeInterface()).toEqual(['10.0.1.4']);
  });
});
