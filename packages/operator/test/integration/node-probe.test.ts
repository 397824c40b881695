import { createRestClient, ResourceClient, staticConnection, systemClock } from '@egressip-ipam/kube';
import { createApiServer, installCrds, networkCrds, startSdnMaster } from '@egressip-ipam/sandbox';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, hostSubnets, namespaces, nodeLeases, nodes } from './support/resources.ts';
import { createLog } from '../../src/log/log.ts';
import { servesNothing } from '../../src/run/options.ts';
import { runOperator } from '../../src/run/run-operator.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const names = ['n1', 'n2', 'n3', 'n4'];

describe('--node-probe', () => {
  let client: (resource: typeof nodes) => ResourceClient;
  const silent = new Set<string>();
  const listeners = new Map<string, Server>();
  const stops: (() => unknown)[] = [];
  let port = 0;

  const listen = (address: string, onPort: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.destroy());
      server.once('error', reject).listen(onPort, address, () => resolve(server));
    });
  const renew = async (node: string): Promise<void> => {
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    await client(nodeLeases).mergePatch({ namespace: 'kube-node-lease', name: node }, { spec: { renewTime } });
  };

  beforeAll(async () => {
    const server = await createApiServer({});
    const rest = createRestClient(staticConnection({ server: server.url }));
    client = (resource) => new ResourceClient(rest, resource);
    await installCrds(rest, [
      join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'),
      networkCrds.hostsubnets,
      networkCrds.netnamespaces,
    ]);
    const kubeconfig = join(await mkdtemp(join(tmpdir(), 'node-probe-')), 'kubeconfig');
    await writeFile(kubeconfig, server.kubeconfig());
    const master = await startSdnMaster({ rest });
    await client(namespaces)
      .create({ metadata: { name: 'kube-node-lease' } })
      .catch(() => undefined);
    for (const [index, name] of names.entries()) {
      const address = `127.0.0.${index + 11}`;
      listeners.set(name, await listen(address, port));
      const bound = listeners.get(name)?.address();
      port = typeof bound === 'object' && bound !== null ? bound.port : port;
      await client(nodes).create({ metadata: { name, labels: { zone: 'a' } } });
      await client(nodes).mergePatch(
        { name },
        { status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] } },
        { subresource: 'status' },
      );
      await client(nodeLeases).create({
        metadata: { namespace: 'kube-node-lease', name },
        spec: { holderIdentity: name, leaseDurationSeconds: 40 },
      });
    }
    const kubelets = setInterval(() => void Promise.all(names.filter((name) => !silent.has(name)).map(renew)), 2_000);
    await client(egressIPAMs).create({
      metadata: { name: 'pool' },
      spec: {
        topologyLabel: 'zone',
        cidrAssignments: [
          { CIDR: '10.0.0.0/28', labelValue: 'a' },
          { CIDR: '10.0.1.0/28', labelValue: 'a' },
        ],
      },
    });
    await client(namespaces).create({
      metadata: { name: 'shop', annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' } },
    });
    const abort = new AbortController();
    const options = {
      ...servesNothing,
      kubeconfig,
      leaderElect: false,
      namespace: 'default',
      nodeProbePort: port,
      logLevel: 'warn',
    } as const;
    const ended = runOperator(
      options,
      createLog(() => undefined, { format: 'text', level: 'warn', now: () => Date.now() }),
      abort.signal,
    );
    stops.push(
      () => (abort.abort(), ended),
      () => clearInterval(kubelets),
      () => master.stop(),
      () => rest.close(),
      () => server.stop(),
    );
  }, 60_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
    for (const listener of listeners.values()) listener.close();
  });

  const hostOf = async (address: string): Promise<string | undefined> =>
    (await client(hostSubnets).list()).items.find((item) =>
      (item['egressIPs'] as string[] | undefined)?.includes(address),
    )?.metadata.name;
  const die = (node: string): void => {
    silent.add(node);
    listeners.get(node)?.close();
  };

  it('moves the addresses of a dead node within ten seconds, though the API server calls it Ready', async () => {
    await expect.poll(() => hostOf('10.0.0.1'), { timeout: 20_000 }).toBeDefined();
    const node = (await hostOf('10.0.0.1')) ?? '';
    const start = systemClock.monotonic();
    die(node);
    const others = names.filter((name) => name !== node);
    await expect.poll(() => hostOf('10.0.0.1'), { timeout: 15_000, interval: 100 }).toBeOneOf(others);
    expect(systemClock.monotonic() - start).toBeLessThan(10_000);
  }, 60_000);

  it('moves nothing when more nodes are missing than a third', async () => {
    await expect.poll(() => hostOf('10.0.1.1'), { timeout: 20_000 }).toBeDefined();
    const alive = names.filter((name) => !silent.has(name));
    const before = await Promise.all(['10.0.0.1', '10.0.1.1'].map(hostOf));
    for (const node of alive.slice(0, 2)) die(node);
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(await Promise.all(['10.0.0.1', '10.0.1.1'].map(hostOf))).toEqual(before);
  }, 60_000);
});
