import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRecord } from '@egressip-ipam/core/plugin';
import { egressIPAMs, externalIPPools, nodes } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { AntreaCluster, eventually } from './antrea-cluster.ts';

const limit = 'node.antrea.io/max-egress-ips';
const pool = 'egressip-ipam.pool.10-0-0-128-28';
const machines = ['a', 'b'].map((name, index) => ({
  name,
  zone: 'z',
  address: `10.0.0.${index + 1}`,
  annotations: { [limit]: '1' },
}));

describe.each(bothServers)('pools of Antrea, whose webhook knows of them two seconds late, on %s', (server) => {
  let cluster: AntreaCluster;

  beforeAll(async () => {
    cluster = await AntreaCluster.start(server, 'Antrea places', { machines, webhookLag: 2_000 });
    await cluster.addPool('pool', [{ CIDR: '10.0.0.128/28', labelValue: 'z' }]);
    cluster.run();
  }, 180_000);
  afterAll(async () => {
    await eventually(() => expect(cluster.laws.violations()).toEqual([]));
    await cluster.stop();
  }, 60_000);

  const setLimit = async (value: string): Promise<void> => {
    for (const name of ['a', 'b'])
      await cluster.client(nodes).mergePatch({ name }, { metadata: { annotations: { [limit]: value } } });
  };
  const claim = async (namespace: string): Promise<void> => {
    cluster.addPod(namespace, 'a');
    await cluster.addNamespace(namespace);
  };
  const leavesByOwn = (namespace: string): Promise<void> =>
    eventually(async () => expect(cluster.leavesBy(namespace)).toMatch(`${await cluster.annotation(namespace)}@`));

  it('are filled once the webhook knows them: what it refused before is tried again, and nothing is lost', async () => {
    await claim('one');
    await leavesByOwn('one');
    expect(cluster.told('a write failed').join('\n')).toContain(`ExternalIPPool ${pool} does not exist`);
    const refused = (await cluster.server.writes()).filter(({ code }) => code === 400);
    expect(refused).not.toEqual([]);
    // More and more slowly: nobody is asked hundreds of times.
    expect(refused.length).toBeLessThan(20);
    expect(await cluster.egressNames()).toEqual(['egressip-ipam.one.10-0-0-129']);
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '1/1', '1/1']));
  }, 120_000);

  it('fill nodes to their limit: who comes after waits, is told why, and is served when there is room', async () => {
    await claim('two');
    await leavesByOwn('two');
    await claim('three');
    await eventually(() =>
      expect(cluster.told('claim not served').join('\n')).toMatch(/namespace="three"[^\n]*WaitingForCapacity/),
    );
    await eventually(async () => expect(await cluster.summary()).toEqual(['False', '2/3', '2/3']));
    const { waitingClaims } = await cluster.statusOf('pool');
    expect(waitingClaims).toMatchObject([{ namespace: 'three', reason: 'WaitingForCapacity' }]);
    expect(await cluster.annotation('three')).toBeUndefined();
    expect(cluster.leavesBy('three')).toBe('node');
    await setLimit('2');
    await leavesByOwn('three');
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '3/3', '3/3']));
  }, 120_000);

  it('lose nodes when limits are lowered: the youngest is not carried, keeps its address, and is told of', async () => {
    const own = await cluster.annotation('three');
    await setLimit('1');
    await eventually(async () => expect(await cluster.summary()).toEqual(['False', '3/3', '2/3']));
    expect(await cluster.annotation('three')).toBe(own);
    await eventually(async () =>
      expect(await cluster.events('EgressFailed')).toEqual([expect.stringMatching(/^three: .*no Node available/)]),
    );
    await setLimit('2');
    await leavesByOwn('three');
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '3/3', '3/3']));
  }, 120_000);

  it('refuse every write while the webhook is down; traffic goes on, and what was wanted is done after', async () => {
    await setLimit('255');
    cluster.webhook.isDown = true;
    await claim('four');
    await eventually(() => expect(cluster.told('failed calling webhook')).not.toEqual([]));
    for (const name of ['one', 'two', 'three']) expect(cluster.leavesBy(name)).toMatch(/@[ab]$/);
    await eventually(async () => expect((await cluster.summary())[0]).toBe('False'));
    cluster.webhook.isDown = false;
    await leavesByOwn('four');
    await eventually(async () => expect(await cluster.summary()).toEqual(['True', '4/4', '4/4']));
  }, 120_000);

  it('grow with their CIDR, and are otherwise left as they are', async () => {
    await cluster
      .client(egressIPAMs)
      .mergePatch({ name: 'pool' }, { spec: { cidrAssignments: [{ CIDR: '10.0.0.128/27', labelValue: 'z' }] } });
    await eventually(async () =>
      expect((await cluster.client(externalIPPools).get({ name: pool }))['spec']).toMatchObject({
        ipRanges: [
          { start: '10.0.0.128', end: '10.0.0.143' },
          { start: '10.0.0.144', end: '10.0.0.159' },
        ],
      }),
    );
    cluster.addPod('far', 'a');
    await cluster.addNamespace('far', { egressipam: 'pool', egressips: '10.0.0.150' });
    await eventually(() => expect(cluster.leavesBy('far')).toMatch('10.0.0.150@'));
    expect(await cluster.poolNames()).toEqual([pool]);
  }, 120_000);

  it('select their nodes again when somebody has narrowed them', async () => {
    const selector = async (): Promise<unknown> =>
      asRecord((await cluster.client(externalIPPools).get({ name: pool }))['spec'])['nodeSelector'];
    const before = await selector();
    await cluster
      .client(externalIPPools)
      .mergePatch({ name: pool }, { spec: { nodeSelector: { matchLabels: { role: 'none' } } } });
    await eventually(async () => expect(await selector()).toEqual(before), 4_000);
    await leavesByOwn('one');
  }, 60_000);
});
