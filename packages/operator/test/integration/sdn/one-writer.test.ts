import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionOf } from '../support/carried.ts';
import { oneServer } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

const poll = { timeout: 60_000, interval: 100 };
const names = Array.from({ length: 12 }, (_, index) => `n${index}`);

describe.each(oneServer)('an API server that takes its time, on %s', (server) => {
  let cluster: SdnCluster;
  const underWay = new Map<string, number>();
  const together = new Set<string>();
  let writes = 0;

  beforeAll(async () => {
    cluster = await SdnCluster.start(server);
    for (const number of [1, 2, 3]) await cluster.addNode(`a${number}`, 'a', `192.168.0.${number}`);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/24', labelValue: 'a' }]);
    const { proxy, kubeconfig } = await cluster.addProxy({
      onRequest: (method, path) => {
        const object = path.split('?')[0]?.replace(/\/status$/, '') ?? '';
        if (!['PUT', 'PATCH', 'DELETE'].includes(method) || object.includes('/events')) return () => undefined;
        writes += 1;
        const count = (underWay.get(object) ?? 0) + 1;
        underWay.set(object, count);
        if (count > 1) together.add(object);
        return () => underWay.set(object, (underWay.get(object) ?? 1) - 1);
      },
    });
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const)
      proxy.add({ method, path: /./, fault: { kind: 'delay', milliseconds: 1_500 } });
    cluster.run({ kubeconfig });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const isWell = async (): Promise<boolean> => {
    const { served, carried, ...status } = await cluster.statusOf('pool');
    return served === carried && conditionOf(status, 'Ready') === 'True';
  };

  it('has never two writes to one object under way', async () => {
    for (const name of names) {
      await cluster.addNamespace(name);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    for (const ready of [false, true]) {
      await cluster.setReady('a1', ready);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    for (const name of names.slice(0, 4)) await cluster.removeNamespace(name);
    for (const name of names.slice(4, 8))
      await cluster.annotate(name, { egressips: `10.0.0.${100 + names.indexOf(name)}` });
    await expect.poll(async () => (await cluster.statusOf('pool'))['served'], poll).toBe(8);
    await expect.poll(isWell, poll).toBe(true);
    expect(writes).toBeGreaterThan(names.length);
    expect([...together]).toEqual([]);
  }, 180_000);
});
