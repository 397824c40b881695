import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, hostSubnets, namespaces, netNamespaces, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { SdnCluster, texts } from './sdn-cluster.ts';

const poll = { timeout: 30_000, interval: 50 };
const [zones, numbers] = [
  ['a', 'b'],
  [1, 2, 3],
];
const twoZones = [
  { CIDR: '10.0.0.0/28', labelValue: 'a' },
  { CIDR: '10.0.1.0/28', labelValue: 'b' },
];

describe.each(bothServers)('the operator on OpenShift SDN, on %s', (server) => {
  let cluster: SdnCluster;
  let created: string[] = [];

  beforeAll(async () => {
    cluster = await SdnCluster.start(server);
    for (const [index, zone] of zones.entries())
      for (const number of numbers) await cluster.addNode(`${zone}${number}`, zone, `192.168.${index}.${number}`);
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);
  afterEach(async () => {
    for (const name of created) await cluster.removeNamespace(name).catch(() => undefined);
    created = [];
    for (const { metadata } of (await cluster.client(egressIPAMs).list()).items)
      await cluster.client(egressIPAMs).delete({ name: metadata.name });
    await expect.poll(async () => (await cluster.client(egressIPAMs).list()).items.length, poll).toBe(0);
    // What a test that failed has left must not make the others fail.
    for (const zone of zones)
      for (const number of numbers)
        await cluster
          .client(nodes)
          .mergePatch({ name: `${zone}${number}` }, { metadata: { labels: { zone } }, spec: { unschedulable: null } });
    await expect.poll(async () => Object.values(await cluster.hosted()).flat(), poll).toEqual([]);
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
  }, 60_000);

  const addNamespace = async (name: string, annotations?: Readonly<Record<string, string>>): Promise<void> => {
    created.push(name);
    await cluster.addNamespace(name, annotations);
  };

  it('leaves placement to the SDN where there is one CIDR', async () => {
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await addNamespace('one-cidr');
    await expect.poll(() => cluster.boundTo('one-cidr'), poll).toEqual(['10.0.0.1']);
    await expect.poll(() => cluster.nodeOf('10.0.0.1'), poll).toMatch(/^a\d$/);
    const cidrsOf = async (name: string): Promise<readonly string[]> =>
      texts((await cluster.client(hostSubnets).get({ name }))['egressCIDRs']);
    await expect.poll(() => cidrsOf('a2'), poll).toEqual(['10.0.0.0/28']);
    expect(await cidrsOf('b1')).toEqual([]);
  }, 60_000);

  it('keeps the CIDR on the last node that loses its label, until another has it, and takes nothing new on a cordoned one', async () => {
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await addNamespace('held');
    await expect.poll(() => cluster.nodeOf('10.0.0.1'), poll).toMatch(/^a\d$/);
    const label = (name: string, zone: string): Promise<unknown> =>
      cluster.client(nodes).mergePatch({ name }, { metadata: { labels: { zone } } });
    const cidrsOf = async (name: string): Promise<readonly string[]> =>
      texts((await cluster.client(hostSubnets).get({ name }))['egressCIDRs']);
    const last = (await cluster.nodeOf('10.0.0.1')) ?? '';
    const [second = '', third = ''] = ['a1', 'a2', 'a3'].filter((name) => name !== last);
    for (const name of [second, third]) await label(name, 'x');
    await expect.poll(() => Promise.all([second, third].map(cidrsOf)), poll).toEqual([[], []]);
    await label(last, 'x');
    await expect.poll(() => cluster.events('AddressNotPlaced'), poll).toEqual([expect.stringContaining(last)]);
    expect([await cluster.nodeOf('10.0.0.1'), await cidrsOf(last)]).toEqual([last, ['10.0.0.0/28']]);
    await label(second, 'a');
    await expect.poll(() => cluster.nodeOf('10.0.0.1'), poll).toBe(second);
    expect(await cidrsOf(last)).toEqual([]);
    await label(last, 'a');
    await expect.poll(() => cidrsOf(last), poll).toEqual(['10.0.0.0/28']);
    await cluster.client(nodes).mergePatch({ name: second }, { spec: { unschedulable: true } });
    await expect.poll(() => cidrsOf(second), poll).toEqual(['10.0.0.1/32']);
    await addNamespace('new');
    await expect.poll(() => cluster.nodeOf('10.0.0.2'), poll).toBe(last);
    await cluster.client(nodes).mergePatch({ name: second }, { spec: { unschedulable: null } });
    await label(third, 'a');
    await expect.poll(() => cidrsOf(second), poll).toEqual(['10.0.0.0/28']);
  }, 60_000);

  it('law 2: has the SDN place what a namespace keeps though the one CIDR was made smaller, until it is given back', async () => {
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/24', labelValue: 'a' }]);
    await addNamespace('kept', { egressipam: 'pool', egressips: '10.0.0.200' });
    await expect.poll(() => cluster.nodeOf('10.0.0.200'), poll).toBeDefined();
    await cluster
      .client(egressIPAMs)
      .mergePatch({ name: 'pool' }, { spec: { cidrAssignments: [{ CIDR: '10.0.0.0/28', labelValue: 'a' }] } });
    await expect
      .poll(async () => texts((await cluster.client(hostSubnets).get({ name: 'a2' }))['egressCIDRs']), poll)
      .toEqual(['10.0.0.0/28', '10.0.0.200/32']);
    const node = (await cluster.nodeOf('10.0.0.200')) ?? '';
    await cluster.setReady(node, false);
    await expect.poll(() => cluster.nodeOf('10.0.0.200'), poll).not.toBe(node);
    await expect.poll(() => cluster.nodeOf('10.0.0.200'), poll).toMatch(/^a\d$/);
    expect(await cluster.boundTo('kept')).toEqual(['10.0.0.200']);
    await cluster.setReady(node, true);
    await cluster.annotate('kept', { egressipam: null });
    await expect
      .poll(async () => texts((await cluster.client(hostSubnets).get({ name: 'a2' }))['egressCIDRs']), poll)
      .toEqual(['10.0.0.0/28']);
    await expect.poll(() => cluster.nodeOf('10.0.0.200'), poll).toBeUndefined();
    expect(await cluster.boundTo('kept')).toEqual([]);
  }, 60_000);

  it('gives an address per CIDR, and two CIDRs with one labelValue two nodes', async () => {
    await cluster.addPool('pool', [...twoZones, { CIDR: '10.0.2.0/28', labelValue: 'b' }]);
    await addNamespace('three');
    await expect.poll(() => cluster.boundTo('three'), poll).toEqual(['10.0.0.1', '10.0.1.1', '10.0.2.1']);
    const hosts = await Promise.all(['10.0.0.1', '10.0.1.1', '10.0.2.1'].map((address) => cluster.nodeOf(address)));
    expect(hosts.map((host) => host?.[0])).toEqual(['a', 'b', 'b']);
    expect(new Set(hosts).size).toBe(3);
  }, 60_000);

  it('takes good input, refuses bad input with an Event each, and serves everybody else', async () => {
    await cluster.addPool('pool', [{ ...twoZones[0], reservedIPs: ['10.0.0.8'] }, twoZones[1] ?? {}]);
    await addNamespace('good', { egressipam: 'pool', egressips: '10.0.1.9,10.0.0.9' });
    await expect.poll(() => cluster.boundTo('good'), poll).toEqual(['10.0.1.9', '10.0.0.9']);
    const bad = {
      garbled: 'nonsense',
      short: '10.0.0.2',
      outside: '10.9.9.9,10.0.1.3',
      reserved: '10.0.0.8,10.0.1.4',
      duplicate: '10.0.0.9,10.0.1.9',
      zeros: '010.0.0.2,10.0.1.2',
    };
    for (const [name, egressips] of Object.entries(bad)) await addNamespace(name, { egressipam: 'pool', egressips });
    await addNamespace('after');
    await expect.poll(() => cluster.boundTo('after'), poll).toEqual(['10.0.0.1', '10.0.1.1']);
    for (const [name, egressips] of Object.entries(bad)) {
      expect(await cluster.annotation(name)).toBe(egressips);
      expect(await cluster.boundTo(name)).toEqual([]);
    }
    const told = async (): Promise<readonly string[]> =>
      (
        await Promise.all(
          [
            'InvalidAddress',
            'WrongAddressCount',
            'AddressOutsideCIDR',
            'AddressReserved',
            'AddressInUse',
            'DuplicateAddress',
          ].map((reason) => cluster.events(reason)),
        )
      )
        .flat()
        .map((text) => text.split(':')[0] ?? '');
    await expect
      .poll(async () => [...new Set(await told())].sort(), poll)
      .toEqual(expect.arrayContaining(Object.keys(bad).sort()));
  }, 60_000);

  it('serves who waits in order of age, when an address becomes free', async () => {
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/30', labelValue: 'a' },
      { CIDR: '10.0.1.0/30', labelValue: 'b' },
    ]);
    for (const name of ['first', 'second']) await addNamespace(name);
    await expect.poll(() => cluster.boundTo('second'), poll).toHaveLength(2);
    await addNamespace('older');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await addNamespace('younger');
    await expect.poll(() => cluster.statusOf('pool').then(({ waiting }) => waiting), poll).toBe(2);
    expect(await cluster.statusOf('pool')).toMatchObject({
      served: 2,
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ClaimsWaiting' }),
      ]),
      waitingClaims: [{ namespace: 'older' }, { namespace: 'younger' }],
    });
    await cluster.removeNamespace('first');
    await expect.poll(() => cluster.boundTo('older'), poll).toHaveLength(2);
    expect(await cluster.boundTo('younger')).toEqual([]);
  }, 60_000);

  it('gives a namespace that comes back its addresses, and nobody else while they cool down', async () => {
    await cluster.addPool('pool', twoZones, { coolDown: '1h' });
    await addNamespace('returns');
    await expect.poll(() => cluster.boundTo('returns'), poll).toEqual(['10.0.0.1', '10.0.1.1']);
    await cluster.removeNamespace('returns');
    await expect.poll(async () => Object.values(await cluster.hosted()).flat(), poll).toEqual([]);
    await addNamespace('other');
    await expect.poll(() => cluster.boundTo('other'), poll).toEqual(['10.0.0.2', '10.0.1.2']);
    await cluster.addNamespace('returns');
    await expect.poll(() => cluster.boundTo('returns'), poll).toEqual(['10.0.0.1', '10.0.1.1']);
  }, 60_000);

  it('moves what a lost node carried, node by node, and nothing else ever', async () => {
    await cluster.addPool('pool', twoZones);
    for (let number = 0; number < 6; number += 1) await addNamespace(`mover-${number}`);
    for (let number = 0; number < 6; number += 1)
      await expect.poll(() => cluster.boundTo(`mover-${number}`), poll).toHaveLength(2);
    const settled = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
      await expect.poll(async () => Object.values(await cluster.hosted()).flat().length, poll).toBe(12);
      return cluster.hosted();
    };
    const expectOnlyMovedFrom = async (
      node: string,
      before: Readonly<Record<string, readonly string[]>>,
    ): Promise<void> => {
      const after = await settled();
      for (const [name, addresses] of Object.entries(before))
        if (name !== node) expect(after[name]).toEqual(expect.arrayContaining([...addresses]));
    };
    const notReady = await settled();
    await cluster.setReady('a1', false);
    await expect.poll(async () => (await cluster.hosted())['a1'], poll).toEqual([]);
    await expectOnlyMovedFrom('a1', notReady);
    await cluster.setReady('a1', true);
    const unlabelled = await settled();
    await cluster.client(nodes).mergePatch({ name: 'b1' }, { metadata: { labels: { zone: null } } });
    await expect.poll(async () => (await cluster.hosted())['b1'], poll).toEqual([]);
    await expectOnlyMovedFrom('b1', unlabelled);
    await cluster.client(nodes).mergePatch({ name: 'b1' }, { metadata: { labels: { zone: 'b' } } });
    const deleted = await settled();
    await cluster.client(nodes).delete({ name: 'a3' });
    await expect.poll(async () => (await cluster.hosted())['a3'], poll).toBeUndefined();
    await expectOnlyMovedFrom('a3', deleted);
    await cluster.addNode('a3', 'a', '192.168.0.3');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await cluster.writesDuring(() => Promise.resolve())).toEqual([]);
  }, 90_000);

  it('switches a namespace to another EgressIPAM, lets it opt out, and cleans up with the EgressIPAM', async () => {
    await cluster.addPool('pool', twoZones);
    await cluster.addPool('other', [{ CIDR: '10.7.0.0/28', labelValue: 'c' }]);
    await addNamespace('switcher');
    await addNamespace('stays');
    await expect.poll(() => cluster.boundTo('switcher'), poll).toHaveLength(2);
    await expect.poll(() => cluster.boundTo('stays'), poll).toHaveLength(2);
    await cluster.addNode('c1', 'c', '192.168.7.1');
    await cluster.annotate('switcher', { egressipam: 'other' });
    await expect.poll(() => cluster.boundTo('switcher'), poll).toEqual(['10.7.0.1']);
    await cluster.annotate('switcher', { egressipam: null });
    await expect.poll(() => cluster.boundTo('switcher'), poll).toEqual([]);
    await expect.poll(() => cluster.annotation('switcher'), poll).toBeUndefined();
    await cluster.client(egressIPAMs).delete({ name: 'pool' });
    await expect.poll(() => cluster.annotation('stays'), poll).toBeUndefined();
    await expect.poll(async () => Object.values(await cluster.hosted()).flat(), poll).toEqual([]);
    expect(await cluster.boundTo('stays')).toEqual([]);
    await cluster.client(nodes).delete({ name: 'c1' });
  }, 60_000);

  it('leaves a node to the older of two EgressIPAMs that want it', async () => {
    await cluster.addPool('pool', twoZones);
    await expect.poll(() => cluster.statusOf('pool').then(({ conditions }) => conditions), poll).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await cluster.addPool('younger', [{ CIDR: '10.8.0.0/28', labelValue: 'a' }]);
    await addNamespace('waits', { egressipam: 'younger' });
    await expect
      .poll(() => cluster.events('OverlappingNodes'), poll)
      .toEqual([expect.stringMatching(/^younger: 3 of its nodes/)]);
    expect(await cluster.boundTo('waits')).toEqual([]);
  }, 60_000);

  it('adopts what the original left, and leaves alone what a person hosted', async () => {
    await cluster.client(hostSubnets).mergePatch({ name: 'a2' }, { egressIPs: ['10.0.0.5', '10.0.0.1'] });
    await cluster.client(hostSubnets).mergePatch({ name: 'b3' }, { egressIPs: ['10.0.1.5'] });
    await addNamespace('left', { egressipam: 'pool', egressips: '10.0.0.5,10.0.1.5' });
    await expect
      .poll(
        async () => (await cluster.client(netNamespaces).list()).items.some(({ metadata }) => metadata.name === 'left'),
        poll,
      )
      .toBe(true);
    await cluster.client(netNamespaces).mergePatch({ name: 'left' }, { egressIPs: ['10.0.0.5', '10.0.1.5'] });
    await cluster.addPool('pool', twoZones);
    await addNamespace('fresh');
    await expect.poll(() => cluster.boundTo('fresh'), poll).toEqual(['10.0.0.2', '10.0.1.1']);
    expect(await cluster.boundTo('left')).toEqual(['10.0.0.5', '10.0.1.5']);
    expect((await cluster.hosted())['a2']).toEqual(expect.arrayContaining(['10.0.0.5', '10.0.0.1']));
    expect((await cluster.hosted())['b3']).toContain('10.0.1.5');
    await cluster.client(egressIPAMs).delete({ name: 'pool' });
    await expect.poll(() => cluster.boundTo('left'), poll).toEqual([]);
    await expect.poll(async () => Object.values(await cluster.hosted()).flat(), poll).toEqual(['10.0.0.1']);
    await cluster.client(hostSubnets).mergePatch({ name: 'a2' }, { egressIPs: [] });
  }, 60_000);

  it('waits for HostSubnets and NetNamespaces that come late', async () => {
    await cluster.addPool('pool', [
      { CIDR: '10.9.0.0/28', labelValue: 'late' },
      { CIDR: '10.9.1.0/28', labelValue: 'late' },
    ]);
    await addNamespace('late');
    await expect
      .poll(() => cluster.events('WaitingForNodes'), poll)
      .toEqual(expect.arrayContaining([expect.stringMatching(/^late: /)]));
    for (const number of [1, 2]) await cluster.addNode(`late${number}`, 'late', `192.168.9.${number}`);
    await expect.poll(() => cluster.boundTo('late'), poll).toEqual(['10.9.0.1', '10.9.1.1']);
    for (const number of [1, 2]) await cluster.client(nodes).delete({ name: `late${number}` });
  }, 60_000);

  it('puts back once what someone undoes, then ever more slowly, and says so', async () => {
    await cluster.addPool('pool', twoZones);
    await addNamespace('fought');
    await expect.poll(() => cluster.boundTo('fought'), poll).toHaveLength(2);
    const undo = (): Promise<unknown> =>
      cluster.client(netNamespaces).mergePatch({ name: 'fought' }, { egressIPs: [] });
    await undo();
    await expect.poll(() => cluster.boundTo('fought'), poll).toHaveLength(2);
    const writes = await cluster.writesDuring(async () => {
      const end = Date.now() + 8_000;
      while (Date.now() < end) {
        if ((await cluster.boundTo('fought')).length > 0) await undo();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }, 0);
    expect(writes.filter((write) => write.startsWith('netnamespaces')).length).toBeLessThanOrEqual(3);
    await expect
      .poll(() => cluster.events('Undone'), poll)
      .toEqual(expect.arrayContaining([expect.stringMatching(/^fought: someone else keeps undoing/)]));
  }, 60_000);

  it('tells nobody anything at rest: an unrelated change is no reason to write', async () => {
    await cluster.addPool('pool', twoZones);
    await addNamespace('quiet');
    await expect.poll(() => cluster.boundTo('quiet'), poll).toHaveLength(2);
    await expect.poll(() => cluster.statusOf('pool').then(({ served }) => served), poll).toBe(1);
    expect(
      await cluster.writesDuring(async () => {
        await cluster.client(namespaces).mergePatch({ name: 'quiet' }, { metadata: { labels: { colour: 'green' } } });
        await cluster.client(nodes).mergePatch({ name: 'a1' }, { metadata: { annotations: { note: 'x' } } });
        await cluster.client(hostSubnets).mergePatch({ name: 'a1' }, { metadata: { labels: { colour: 'green' } } });
      }),
    ).toEqual([]);
  }, 60_000);
});
