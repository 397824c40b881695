import {
  createRestClient,
  ResourceClient,
  staticConnection,
  type KubernetesObject,
  type RestClient,
} from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../api-server/index.ts';
import { networkCrds } from '../crds/index.ts';
import { egresses, externalIpPools, nodes } from '../stand-in/resources.ts';
import { until } from '../stand-in/testing/until.ts';
import { AntreaWebhook, startAntrea, type Antrea } from './index.ts';

describe('startAntrea', () => {
  let server: ApiServer;
  let rest: RestClient;
  let antrea: Antrea;
  let webhook: AntreaWebhook;
  const held = new Map<string, Set<string>>();
  const client = (): ResourceClient => new ResourceClient(rest, egresses);
  const poolClient = (): ResourceClient => new ResourceClient(rest, externalIpPools);
  const status = async (name: string): Promise<unknown> => (await client().get({ name }))['status'];
  const create = (name: string, spec: object): Promise<KubernetesObject> =>
    client().create({ metadata: { name }, spec: { appliedTo: { podSelector: {} }, ...spec } });

  beforeEach(async () => {
    webhook = new AntreaWebhook();
    server = await createApiServer({
      crds: [networkCrds.egresses, networkCrds.externalippools],
      admission: webhook.admission,
    });
    rest = createRestClient(staticConnection({ server: server.url }));
    for (const name of ['a', 'b', 'c']) {
      held.set(name, new Set());
      await new ResourceClient(rest, nodes).create({ metadata: { name } });
    }
    antrea = await startAntrea({ rest, webhook, addressesOf: (node) => held.get(node) ?? new Set() });
    antrea.addPod({ uid: 'pod', namespace: 'team', node: 'a' });
  });
  afterEach(async () => {
    await antrea.stop();
    rest.close();
    await server.stop();
  });

  const traffic = (): unknown => antrea.traffic('pod', '198.51.100.1');
  const pool = (): Promise<KubernetesObject> =>
    poolClient().create({
      metadata: { name: 'pool' },
      spec: { ipRanges: [{ start: '10.0.0.100', end: '10.0.0.103' }], nodeSelector: {} },
    });

  it('static: we place; the status lingers when the address goes, and packets are dropped', async () => {
    held.get('b')?.add('10.0.0.100');
    await create('team', { egressIP: '10.0.0.100' });
    await until(async () =>
      expect(await status('team')).toEqual({ egressNode: 'b', egressIP: '10.0.0.100', conditions: [] }),
    );
    await until(async () => expect(traffic()).toMatchObject({ kind: 'egress', node: 'b' }));
    held.get('b')?.clear();
    antrea.addressesChanged();
    await until(async () => expect(traffic()).toMatchObject({ kind: 'dropped' }));
    expect(await status('team')).toMatchObject({ egressNode: 'b' });
    held.get('c')?.add('10.0.0.100');
    antrea.addressesChanged();
    await until(async () => expect(await status('team')).toMatchObject({ egressNode: 'c' }));
  });

  it('pool: the webhook knows it late; the network places; a dead agent leaves its address, so that two have it', async () => {
    await pool();
    await expect(create('team', { egressIP: '10.0.0.101', externalIPPool: 'pool' })).rejects.toThrow(
      /denied the request: ExternalIPPool pool does not exist/,
    );
    await until(async () => void (await create('team', { egressIP: '10.0.0.101', externalIPPool: 'pool' })));
    await until(async () => expect(antrea.holders('10.0.0.101')).toHaveLength(1));
    const [first = ''] = antrea.holders('10.0.0.101');
    await until(async () =>
      expect(await status('team')).toMatchObject({
        egressNode: first,
        conditions: [{ type: 'IPAssigned' }, { type: 'IPAllocated', reason: 'Allocated' }],
      }),
    );
    antrea.stopAgent(first);
    await until(async () => expect(antrea.holders('10.0.0.101')).toHaveLength(2));
    antrea.startAgent(first);
    await until(async () => expect(antrea.holders('10.0.0.101')).toEqual([first]));
    await until(async () => expect(await status('team')).toMatchObject({ egressNode: first }));
  });

  it('power off moves the address, a node that comes back takes it again; a partition gives two holders', async () => {
    await pool();
    await until(async () => void (await create('team', { egressIP: '10.0.0.101', externalIPPool: 'pool' })));
    await until(async () => expect(antrea.holders('10.0.0.101')).toHaveLength(1));
    const [first = ''] = antrea.holders('10.0.0.101');
    antrea.powerOff(first);
    expect(antrea.holders('10.0.0.101')).toEqual([]);
    await until(async () => expect(antrea.holders('10.0.0.101')).toHaveLength(1));
    antrea.powerOn(first);
    await until(async () => expect(antrea.holders('10.0.0.101')).toEqual([first]));
    antrea.partition([first]);
    await until(async () => expect(antrea.holders('10.0.0.101')).toHaveLength(2));
    antrea.partition([]);
    await until(async () => expect(antrea.holders('10.0.0.101')).toEqual([first]));
  });

  it('a deleted pool wipes spec.egressIP, and the traffic leaks', async () => {
    await pool();
    await until(async () => void (await create('team', { egressIP: '10.0.0.101', externalIPPool: 'pool' })));
    await until(async () => expect(traffic()).toMatchObject({ kind: 'egress' }));
    await poolClient().delete({ name: 'pool' });
    await until(async () => expect((await client().get({ name: 'team' }))['spec']).not.toHaveProperty('egressIP'));
    await until(async () => expect(traffic()).toMatchObject({ kind: 'node' }));
    await until(async () =>
      expect(await status('team')).toMatchObject({
        conditions: expect.arrayContaining([expect.objectContaining({ reason: 'AllocationError' })]),
      }),
    );
  });

  it('a webhook that is down fails all writes', async () => {
    webhook.isDown = true;
    await expect(create('team', { egressIP: '10.0.0.100' })).rejects.toThrow(/failed calling webhook/);
  });

  it('is at rest when nothing changes', async () => {
    held.get('b')?.add('10.0.0.100');
    await create('team', { egressIP: '10.0.0.100' });
    await until(async () => expect(await status('team')).toMatchObject({ egressNode: 'b' }));
    const before = server.resourceVersion();
    for (let pass = 0; pass < 5; pass++) antrea.addressesChanged();
    await until(async () => expect(traffic()).toMatchObject({ kind: 'egress' }));
    expect(server.resourceVersion()).toBe(before);
  });
});
