import { ResourceClient, type KubernetesObject } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitions, egressIPAMs } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const room = 3;
const poll = { timeout: 60_000, interval: 250 };

type Pool = KubernetesObject & {
  readonly status?: {
    readonly released?: readonly object[];
    readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
  };
};

describe.each(bothServers)('an older definition of EgressIPAM, with room for fewer releases, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server, {
      prepare: async (rest) => {
        const client = new ResourceClient(rest, definitions);
        const definition = await client.get({ name: 'egressipams.redhatcop.redhat.io' });
        const text = JSON.stringify(definition).replace('"maxItems":10000', `"maxItems":${room}`);
        await client.replace(JSON.parse(text) as KubernetesObject);
      },
    });
    await cluster.addNode('n1', 'a', ['10.0.0.1/16']);
    await cluster.addPool('pool', [{ CIDR: '10.0.64.0/20', labelValue: 'a' }], { coolDown: '24h' });
    for (const name of names) await cluster.addNamespace(name);
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('is filled, and no write is refused: what has no room is late, and said to be', async () => {
    const assigned = async (): Promise<number> =>
      (await Promise.all(names.map((name) => cluster.assigned(`egressip-${name}`)))).flat().length;
    await expect.poll(assigned, poll).toBe(names.length);
    await expect
      .poll(() => cluster.logged.filter((line) => line.includes('it has room for fewer releases')), poll)
      .toHaveLength(1);
    for (const name of names) await cluster.annotate(name, { egressipam: null });
    const pool = async (): Promise<Pool> => cluster.client(egressIPAMs).get({ name: 'pool' });
    await expect.poll(async () => (await pool()).status?.released?.length, poll).toBe(room);
    await expect
      .poll(async () => (await pool()).status?.conditions?.find(({ type }) => type === 'Degraded')?.reason, poll)
      .toBe('TooManyCooling');
    await expect.poll(assigned, poll).toBe(names.length - room);
    expect((await cluster.writes()).filter(({ code }) => code === 422)).toEqual([]);
  }, 120_000);
});
