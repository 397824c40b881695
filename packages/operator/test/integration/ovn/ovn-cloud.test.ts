import { asRecord } from '@egressip-ipam/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudPrivateIPConfigs, egressIPAMs, egressIPs as handMade, nodes } from '../support/resources.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { bothServers } from '../support/start-server.ts';

const poll = { timeout: 30_000, interval: 50 };

// No server at all where the networks' CRDs are not there: then nothing is run.
describe.each(bothServers)('the operator on OVN-Kubernetes in a cloud, on %s', (server) => {
  let cluster: OvnCluster;
  const refused = new Set<string>();
  const calls: string[] = [];
  let capacity = 2;

  beforeAll(async () => {
    cluster = await startOvnCluster(server, {
      cloud: {
        interfaceOf: () => ({ interface: 'eni-1', ifaddr: { ipv4: '10.0.0.0/24' }, capacity: { ipv4: capacity } }),
        refuse: (address) => (refused.has(address) ? 'the address is in use by a load balancer' : undefined),
        cloudDelay: 300,
        onCall: (call) => void calls.push(call),
      },
    });
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    cluster.run();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const isAssigned = (name: string): Promise<number> =>
    cluster.assigned(`egressip-${name}`).then((items) => items.length);
  const configs = async (): Promise<readonly string[]> =>
    (await cluster.client(cloudPrivateIPConfigs).list()).items.map(({ metadata }) => metadata.name).sort();

  it('counts what the cloud refuses before it was ever assigned as in use, and gives another address', async () => {
    refused.add('10.0.0.65');
    await cluster.addNamespace('first');
    await expect.poll(() => isAssigned('first'), poll).toBe(1);
    expect(await cluster.annotation('first')).toBe('10.0.0.66');
    expect((await cluster.spec('egressip-first'))?.['egressIPs']).toEqual(['10.0.0.66']);
  }, 60_000);

  it('remembers across a restart what the cloud refused: it is not tried again, and not announced', async () => {
    const remembered = async (): Promise<unknown> =>
      asRecord((await cluster.client(egressIPAMs).get({ name: 'pool' }))['status'])['refusedAddresses'];
    const entry = { address: '10.0.0.65', reason: 'Unassignable', since: expect.any(String) as string };
    await expect.poll(remembered, poll).toEqual([entry]);
    const before = await remembered();
    await cluster.stopOperator();
    calls.length = 0;
    cluster.run();
    await cluster.addNamespace('second');
    await expect.poll(() => isAssigned('second'), poll).toBe(1);
    expect(await cluster.annotation('second')).toBe('10.0.0.67');
    expect(calls.join()).not.toContain('10.0.0.65');
    expect(await remembered()).toEqual(before);
  }, 60_000);

  it('promises no more than nodes can carry, and serves who waits when room appears', async () => {
    for (const name of ['third', 'fourth']) {
      await cluster.addNamespace(name);
      await expect.poll(() => isAssigned(name), poll).toBe(1);
    }
    await cluster.addNamespace('fifth');
    await expect.poll(() => cluster.events('WaitingForCapacity'), poll).toEqual([expect.stringMatching(/^fifth: /)]);
    expect(await cluster.annotation('fifth')).toBeUndefined();
    await expect
      .poll(
        async () =>
          (
            (await cluster.client(egressIPAMs).get({ name: 'pool' }))['status'] as
              { waitingClaims?: readonly { namespace: string }[] } | undefined
          )?.waitingClaims,
        poll,
      )
      .toMatchObject([{ namespace: 'fifth', reason: 'WaitingForCapacity' }]);
    await cluster.annotate('second', { egressipam: null });
    await expect.poll(() => isAssigned('fifth'), poll).toBe(1);
    await expect.poll(() => cluster.annotation('second'), poll).toBeUndefined();
  }, 60_000);

  it('cloud egress IP config annotation update should trigger egress IP re-evaluation, and an unrelated one should not', async () => {
    await cluster.addNamespace('sixth');
    await expect
      .poll(() => cluster.events('WaitingForCapacity'), poll)
      .toContainEqual(expect.stringMatching(/^sixth: /));
    await cluster.client(nodes).mergePatch({ name: 'n1' }, { metadata: { annotations: { note: 'x' } } });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await cluster.annotation('sixth')).toBeUndefined();
    capacity = 3;
    await cluster.client(nodes).mergePatch({ name: 'n1' }, { metadata: { annotations: { note: 'y' } } });
    await expect.poll(() => isAssigned('sixth'), poll).toBe(1);
  }, 60_000);

  it('frees an address when its EgressIP and its CloudPrivateIPConfig are gone, and never moves a NIC itself', async () => {
    const address = (await cluster.annotation('third')) ?? '';
    await cluster.annotate('third', { egressipam: null });
    await expect.poll(() => cluster.spec('egressip-third'), poll).toBeUndefined();
    if ((await configs()).includes(address)) expect(await cluster.annotation('third')).toBe(address);
    await expect.poll(() => cluster.annotation('third'), poll).toBeUndefined();
    expect(await configs()).not.toContain(address);
    expect((await cluster.writes()).filter(({ resource }) => resource === 'cloudprivateipconfigs')).toEqual([]);
  }, 60_000);
});

describe.each(bothServers)('a pool of dual stack in a cloud, on %s', (server) => {
  let cluster: OvnCluster;
  let refused = 'fd00::100:1';

  beforeAll(async () => {
    cluster = await startOvnCluster(server, {
      cloud: {
        interfaceOf: () => ({
          interface: 'eni-1',
          ifaddr: { ipv4: '10.0.0.0/24', ipv6: 'fd00::/64' },
          capacity: { ipv4: 2, ipv6: 2 },
        }),
        refuse: (address) => (address === refused ? 'assign failed' : undefined),
        cloudDelay: 100,
      },
    });
    for (const number of [1, 2])
      await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`, `fd00::${number}/64`]);
    cluster.run();
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.64/26', labelValue: 'a' },
      { CIDR: 'fd00::100:0/112', labelValue: 'a', reservedIPs: ['fd00::100:0'] },
    ]);
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const addresses = async (name: string): Promise<readonly string[]> =>
    (await cluster.assigned(`egressip-${name}`)).map((entry) => entry.split('@')[0] ?? '');
  const configs = async (): Promise<readonly string[]> =>
    (await cluster.client(cloudPrivateIPConfigs).list()).items.map(({ metadata }) => metadata.name).sort();

  it('serves both families, each address on a node of its own, past an IPv6 address that the cloud refuses', async () => {
    await cluster.addNamespace('first');
    await expect.poll(() => addresses('first'), poll).toEqual(['10.0.0.65', 'fd00::100:2']);
    expect(await cluster.annotation('first')).toBe('10.0.0.65,fd00::100:2');
    expect(new Set((await cluster.assigned('egressip-first')).map((entry) => entry.split('@')[1])).size).toBe(2);
    expect(await cluster.events('AddressConflict')).toEqual([]);
    refused = '';
  }, 60_000);

  it('never leaves a namespace without an address while both change', async () => {
    const counts: number[] = [];
    const watching = setInterval(
      () => void cluster.assigned('egressip-first').then((entries) => counts.push(entries.length)),
      20,
    );
    await cluster.annotate('first', { egressips: 'fd00::100:77,10.0.0.77' });
    await expect.poll(() => addresses('first'), poll).toEqual(['10.0.0.77', 'fd00::100:77']);
    clearInterval(watching);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
  }, 60_000);

  it('promises nothing for which EgressIPs made by hand have taken the room', async () => {
    for (const [name, egressIPs] of [
      ['by-hand-1', ['fd00::200:1', 'fd00::200:2']],
      ['by-hand-2', ['fd00::200:3']],
    ] as const) {
      await cluster
        .client(handMade)
        .create({ metadata: { name }, spec: { egressIPs, namespaceSelector: { matchLabels: { team: 'none' } } } });
      await expect.poll(() => cluster.assigned(name), poll).toHaveLength(egressIPs.length);
    }
    await cluster.addNamespace('second');
    await expect
      .poll(() => cluster.events('WaitingForCapacity'), poll)
      .toEqual([expect.stringMatching(/^second: no node has room for fd00::/)]);
    expect(await cluster.annotation('second')).toBeUndefined();
    await cluster.client(handMade).delete({ name: 'by-hand-1' });
    await expect.poll(() => addresses('second'), poll).toHaveLength(2);
  }, 60_000);

  it('frees both when both CloudPrivateIPConfigs are gone', async () => {
    expect(await configs()).toContain('fd00.0000.0000.0000.0000.0000.0100.0077');
    await cluster.annotate('first', { egressipam: null });
    await expect.poll(() => cluster.annotation('first'), poll).toBeUndefined();
    expect((await configs()).filter((name) => name.includes('0077') || name === '10.0.0.77')).toEqual([]);
  }, 60_000);
});
