import { describeNetworkBackend } from '@egressip-ipam/core/testing';
import { createApiServer, type ApiServer } from '@egressip-ipam/sandbox';
import {
  createRestClient,
  ResourceClient,
  staticConnection,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toldLog } from '../support/told-log.ts';
import { servesNothing } from '../../../src/run/options.ts';
import { runOperator } from '../../../src/run/run-operator.ts';
import { openCrd } from '../../../src/trial/open-crd.ts';
import { runCli } from '../../cli/run-cli.ts';
import { configMaps, egressIPAMs, namespaces, nodes } from '../support/resources.ts';
import { carriedBy, hostByHand, network, networkNamespace } from './config-map-network.ts';

const poll = { timeout: 30_000, interval: 100 };
const module = fileURLToPath(new URL('config-map-network.ts', import.meta.url));

describeNetworkBackend({
  name: 'the ConfigMap network',
  backend: network,
  hostByHand,
  // It keeps no record of what is on an interface and not hosted yet, which a cloud would need (law 9).
  attaches: false,
  runs: Number(process.env['LAW_RUNS'] ?? 40),
  describe,
  it: (law, body) => {
    it(law, body, 300_000);
  },
  skip: it.skip,
});

describe('a network that the operator has never heard of', () => {
  let server: ApiServer;
  let rest: RestClient;
  let kubeconfig: string;
  let stop: AbortController;
  let ended: Promise<number>;
  const logged: string[] = [];
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  const setReady = (name: string, status: 'True' | 'False'): Promise<unknown> =>
    client(nodes).mergePatch(
      { name },
      {
        status: {
          addresses: [{ type: 'InternalIP', address: '192.168.0.1' }],
          conditions: [{ type: 'Ready', status }],
        },
      },
      { subresource: 'status' },
    );
  const carried = async (): Promise<readonly string[]> =>
    (await client(configMaps).list({ namespace: networkNamespace })).items
      .flatMap((configMap) =>
        Object.entries(carriedBy(configMap)).map(
          ([address, node]) => `${address}@${node} for ${configMap.metadata.name}`,
        ),
      )
      .sort();

  beforeAll(async () => {
    server = await createApiServer({ finalizeNamespaces: true, crds: [openCrd(egressIPAMs)] });
    rest = createRestClient(staticConnection({ server: server.url }));
    kubeconfig = join(await mkdtemp(join(tmpdir(), 'config-map-network-')), 'kubeconfig');
    await writeFile(kubeconfig, server.kubeconfig());
    await client(namespaces).create({ metadata: { name: networkNamespace } });
    for (const name of ['n1', 'n2']) {
      await client(nodes).create({ metadata: { name, labels: { zone: 'a' } } });
      await setReady(name, 'True');
    }
    await client(configMaps).create({
      metadata: { namespace: networkNamespace, name: 'printers' },
      data: { '10.0.0.1': 'n1' },
    });
    await client(configMaps).create({ metadata: { namespace: networkNamespace, name: 'shop' } });
    await client(egressIPAMs).create({
      metadata: { name: 'pool' },
      spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/29', labelValue: 'a' }] },
    });
    await client(namespaces).create({
      metadata: { name: 'shop', annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' } },
    });
  }, 60_000);
  afterAll(async () => {
    stop.abort();
    expect(await ended).toBe(0);
    rest.close();
    await server.stop();
  }, 60_000);

  it('is planned for by its name alone', async () => {
    const { out, error } = await runCli(['plan', '--live', '--kubeconfig', kubeconfig, '--network', module]);
    expect(error).toBe('');
    expect(out).toMatch(/allocate 10\.0\.0\.2 to namespace shop/);
    expect(out).toMatch(/ConfigMap shop: host 10\.0\.0\.2, bind traffic to 10\.0\.0\.2/);
  }, 60_000);

  it('gets its addresses, moves them from a lost node, gives them back, and what people put there stays', async () => {
    stop = new AbortController();
    const options = {
      ...servesNothing,
      kubeconfig,
      network: module,
      leaderElect: false,
      namespace: 'default',
      logLevel: 'info',
    } as const;
    ended = runOperator(options, toldLog(logged), stop.signal);
    await expect
      .poll(carried, poll)
      .toEqual(['10.0.0.1@n1 for printers', expect.stringMatching(/^10\.0\.0\.2@n\d for shop$/)]);
    const [, entry = ''] = await carried();
    const [lost, other] = entry.includes('@n1') ? ['n1', 'n2'] : ['n2', 'n1'];
    await setReady(lost, 'False');
    await expect.poll(carried, poll).toContain(`10.0.0.2@${other} for shop`);
    expect(await carried()).toHaveLength(2);
    await client(namespaces).mergePatch(
      { name: 'shop' },
      { metadata: { annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': null } } },
    );
    await expect.poll(carried, poll).toEqual(['10.0.0.1@n1 for printers']);
    expect(logged.join('')).toContain('the network is network="config-map"');
  }, 90_000);
});
