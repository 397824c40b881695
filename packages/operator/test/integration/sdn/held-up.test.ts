import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneServer } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const poll = { timeout: 30_000, interval: 100 };
const [old, young] = [
  ['old-1', 'old-2', 'old-3'],
  ['young-1', 'young-2'],
];
/** What one plan gives out: two namespaces' worth. */
const mostNew = 4;

describe.each(oneServer)('namespaces that cannot be written, on %s', (server) => {
  let cluster: SdnCluster;
  const served = async (names: readonly string[]): Promise<number> =>
    (await cluster.bindings(names)).filter((addresses) => addresses.length === 2).length;

  beforeAll(async () => {
    cluster = await SdnCluster.start(server);
    for (const zone of ['a', 'b']) await cluster.addNode(zone, zone, `192.168.${zone === 'a' ? 0 : 1}.1`);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/24', labelValue: 'a' },
      { CIDR: '10.0.1.0/24', labelValue: 'b' },
    ]);
    for (const name of [...old, ...young]) await cluster.addNamespace(name);
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('keep no younger one waiting, though they are more than one plan gives addresses to, and are served in the end', async () => {
    const { proxy, kubeconfig } = await cluster.addProxy();
    proxy.add({ fault: { kind: 'status', status: 403 }, method: 'PATCH', path: /^\/api\/v1\/namespaces\/old-/ });
    cluster.run({ kubeconfig, mostNew });
    await expect.poll(() => served(young), poll).toBe(young.length);
    expect(await served(old)).toBe(0);
    proxy.clearRules();
    await expect.poll(() => served(old), { ...poll, timeout: 60_000 }).toBe(old.length);
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
  }, 120_000);
});
