import {
  findEnvtestAssets,
  installCrds,
  nodeNetworkUnavailable,
  startEnvtest,
  type Envtest,
} from '@egressip-ipam/sandbox';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, eventually, namespace } from './agent-machines.ts';

const reason =
  (findEnvtestAssets() === undefined ? noRealServer : undefined) ?? nodeNetworkUnavailable() ?? (await busyReason());
const egressNodes = fileURLToPath(new URL('../../../agent/crds/redhatcop.redhat.io_egressnodes.yaml', import.meta.url));

describe(
  'an API server that is set back to a backup, with agents on the wire',
  unless(reason !== undefined, reason ?? ''),
  () => {
    let envtest: Envtest | undefined;
    let plain: Server | undefined;
    let cluster: AgentCluster;
    const [moved, back, stayed, late] = ['192.0.2.101', '192.0.2.102', '192.0.2.103', '192.0.2.104'];
    const all = [moved, back, stayed, late];

    beforeAll(async () => {
      envtest = await startEnvtest({});
      if (envtest === undefined) throw new Error('the API server is there and does not start');
      const rest = envtest.client();
      await installCrds(rest, [egressNodes]);
      await rest.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
      plain = await withoutTls(envtest);
      const { port } = plain.address() as AddressInfo;
      cluster = await startAgentCluster({
        instead: { url: `http://127.0.0.1:${port}`, token: envtest.adminToken, rest },
      });
      cluster.keepAsking(all);
    }, 180_000);
    afterAll(async () => {
      await cluster?.close();
      plain?.close();
      await envtest?.stop();
    }, 60_000);

    it('two nodes never answer for an address, and each address is served again', async () => {
      for (const address of [moved, back, stayed]) expect(await cluster.attach(address, 'a')).toBe('done');
      // A wish that says who let go of it stands in the backup.
      expect(await cluster.move(back, 'a', 'b')).toBe('done');
      const restore = await envtest?.backUp();
      expect(await cluster.move(moved, 'a', 'c')).toBe('done');
      expect(await cluster.move(back, 'b', 'a')).toBe('done');
      expect(await cluster.attach(late, 'b')).toBe('done');
      const most = { holders: 0 };
      const watch = setInterval(() => {
        const held = cluster.names.map((name) => cluster.kernelOf(name));
        most.holders = Math.max(most.holders, ...all.map((one) => held.filter((kernel) => kernel.has(one)).length));
      }, 20);
      await restore?.();
      // As the Lease of the operator tells it.
      cluster.rest.history.setBack();
      const start = performance.now();
      // What the backup says, and no more, comes true.
      await eventually(
        () =>
          `all are where the backup has them: ${JSON.stringify(cluster.names.map((name) => [...cluster.kernelOf(name)].filter((one) => all.includes(one))))}`,
        () =>
          cluster.kernelOf('a').has(moved) &&
          cluster.kernelOf('b').has(back) &&
          cluster.kernelOf('a').has(stayed) &&
          !cluster.names.some((name) => cluster.kernelOf(name).has(late)),
        60_000,
      );
      console.log(`served again ${Math.round(performance.now() - start)} ms after the server was back`);
      // The provider that lived through it goes on, once who had an address in the lost history said that it let go.
      await expect.poll(() => cluster.move(moved, 'a', 'b'), { timeout: 30_000 }).toBe('done');
      await expect.poll(() => cluster.attach(late, 'c'), { timeout: 30_000 }).toBe('done');
      clearInterval(watch);
      expect(most.holders).toBe(1);
      expect(cluster.doubleAnswers(all)).toEqual([]);
      expect(await Promise.all(all.map(cluster.holders))).toEqual([['b'], ['b'], ['a'], ['c']]);
    }, 240_000);
  },
);

/** A port by which machines reach the server without its certificate, whose name for it they do not know. */
async function withoutTls({ url, ca }: Envtest): Promise<Server> {
  const { hostname, port } = new URL(url);
  const server = createServer((socket) => {
    const upstream = connect({ host: hostname, port: Number(port), ca });
    socket.pipe(upstream).pipe(socket);
    for (const each of [socket, upstream]) each.on('error', () => (socket.destroy(), upstream.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
