import { createRestClient, ResourceClient, staticConnection, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { createApiServer, findEnvtestAssets, installCrds, startEnvtest, startSdnMaster } from '@egressip-ipam/sandbox';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { egressIPAMs, hostSubnets, namespaces, netNamespaces, nodes } from '../../src/network/resources.ts';
import { createLog } from '../../src/run/log.ts';
import { runOperator } from '../../src/run/run-operator.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const sharedCrds = join(root, '../shared/crds');
const crdFiles = [join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'), ...['hostsubnets', 'netnamespaces'].map((name) => join(sharedCrds, `network.openshift.io_${name}.yaml`))];
const prefix = 'egressip-ipam-operator.redhat-cop.io';

interface Server {
  readonly rest: RestClient;
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

async function startSandbox(): Promise<Server> {
  const server = await createApiServer({ finalizeNamespaces: true });
  const rest = createRestClient(staticConnection({ server: server.url }));
  await installCrds(rest, crdFiles);
  const kubeconfig = join(await mkdtemp(join(tmpdir(), 'operator-test-')), 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig());
  return { rest, kubeconfig, stop: async () => { rest.close(); await server.stop(); } };
}

async function startReal(): Promise<Server> {
  const envtest = await startEnvtest({});
  if (envtest === undefined) throw new Error('the API server is there and does not start');
  const rest = envtest.client();
  await installCrds(rest, crdFiles);
  return { rest, kubeconfig: await envtest.writeKubeconfig(join(envtest.folder, 'operator.kubeconfig')).then(() => join(envtest.folder, 'operator.kubeconfig')), stop: () => envtest.stop() };
}

const servers: [string, boolean, () => Promise<Server>][] = [
  ['the sandbox', existsSync(sharedCrds), startSandbox],
  ['a real API server', existsSync(sharedCrds) && findEnvtestAssets() !== undefined, startReal],
];

for (const [name, isThere, start] of servers) {
  // Skipped where the programs of a real API server, or the networks' CRDs, are not there.
  describe.skipIf(!isThere)(`the operator on OpenShift SDN, on ${name}`, () => {
    let server: Server;
    let master: { stop(): Promise<void> };
    let stopOperator: () => Promise<number>;
    const logged: string[] = [];

    beforeAll(async () => {
      server = await start();
      master = await startSdnMaster({ rest: server.rest });
    }, 120_000);
    afterEach(async () => {
      await stopOperator();
    });
    afterAll(async () => {
      await master.stop();
      await server.stop();
    });

    const run = (): void => {
      const abort = new AbortController();
      const log = createLog((line) => void logged.push(line), { format: 'text', level: 'info', now: () => Date.now() });
      const ended = runOperator({ kubeconfig: server.kubeconfig, leaderElect: false, leaseDuration: 15, renewDeadline: 10, retryPeriod: 2, namespace: 'default', metricsBindAddress: '0', healthProbeBindAddress: '0', logLevel: 'info', logFormat: 'text' }, log, abort.signal);
      stopOperator = async () => {
        abort.abort();
        return ended;
      };
    };
    const client = (resource: typeof nodes): ResourceClient => new ResourceClient(server.rest, resource);
    const addNode = async (node: string, zone: string, address: string): Promise<void> => {
      await client(nodes).create({ metadata: { name: node, labels: { zone } } });
      await client(nodes).mergePatch({ name: node }, { status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] } }, { subresource: 'status' });
    };
    const setReady = (node: string, status: string): Promise<KubernetesObject> => client(nodes).mergePatch({ name: node }, { status: { conditions: [{ type: 'Ready', status }] } }, { subresource: 'status' });
    const addNamespace = (namespace: string, annotations: Readonly<Record<string, string>>): Promise<KubernetesObject> =>
      client(namespaces).create({ metadata: { name: namespace, annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value])) } });
    const listOf = async (resource: typeof nodes, object: string): Promise<readonly string[]> => ((await client(resource).get({ name: object }))['egressIPs'] as readonly string[] | undefined) ?? [];
    const annotation = async (namespace: string): Promise<string | undefined> => (await client(namespaces).get({ name: namespace })).metadata.annotations?.[`${prefix}/egressips`];

    it('serves, moves, restarts without a write, refuses, switches off and cleans up', async () => {
      await addNode('n1', 'a', '192.168.0.1');
      await addNode('n2', 'a', '192.168.0.2');
      await addNode('n3', 'b', '192.168.0.3');
      await client(egressIPAMs).create({ metadata: { name: 'pool' }, spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/28', labelValue: 'a' }, { CIDR: '10.0.1.0/28', labelValue: 'b' }] } });
      await addNamespace('served', { egressipam: 'pool' });
      await addNamespace('refused', { egressipam: 'pool', egressips: 'nonsense' });
      run();

      await expect.poll(() => listOf(netNamespaces, 'served'), { timeout: 20_000 }).toEqual(['10.0.0.1', '10.0.1.1']);
      expect(await annotation('served')).toBe('10.0.0.1,10.0.1.1');
      expect(await annotation('refused')).toBe('nonsense');
      expect(await listOf(hostSubnets, 'n1')).toEqual(['10.0.0.1']);
      expect(await listOf(hostSubnets, 'n3')).toEqual(['10.0.1.1']);

      await setReady('n1', 'False');
      await expect.poll(() => listOf(hostSubnets, 'n2'), { timeout: 20_000 }).toEqual(['10.0.0.1']);
      expect(await listOf(hostSubnets, 'n1')).toEqual([]);
      await setReady('n1', 'True');

      await expect.poll(async () => ((await client(egressIPAMs).get({ name: 'pool' }))['status'] as { served?: number } | undefined)?.served, { timeout: 20_000 }).toBe(1);
      await stopOperator();
      const versions = async (): Promise<readonly unknown[]> => Promise.all([client(namespaces).get({ name: 'served' }), client(hostSubnets).get({ name: 'n2' }), client(netNamespaces).get({ name: 'served' }), client(egressIPAMs).get({ name: 'pool' })]).then((objects) => objects.map(({ metadata }) => metadata.resourceVersion));
      const before = await versions();
      run();
      await addNamespace('later', { egressipam: 'pool' });
      await expect.poll(() => listOf(netNamespaces, 'later'), { timeout: 20_000 }).toEqual(['10.0.0.2', '10.0.1.2']);
      expect((await versions()).slice(0, 1)).toEqual(before.slice(0, 1));
      expect(await listOf(hostSubnets, 'n2')).toEqual(['10.0.0.1']);

      await client(namespaces).mergePatch({ name: 'served' }, { metadata: { annotations: { [`${prefix}/egressipam`]: null } } });
      await expect.poll(() => annotation('served'), { timeout: 20_000 }).toBeUndefined();
      expect(await listOf(netNamespaces, 'served')).toEqual([]);

      await client(egressIPAMs).delete({ name: 'pool' });
      await expect.poll(async () => (await client(egressIPAMs).list()).items.length, { timeout: 20_000 }).toBe(0);
      for (const node of ['n1', 'n2', 'n3']) expect(await listOf(hostSubnets, node)).toEqual([]);
      expect(await annotation('later')).toBeUndefined();
      expect(logged.filter((line) => line.includes('ERROR'))).toEqual([]);
    }, 120_000);
  });
}
