import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bothServers, root } from '../support/start-server.ts';
import { SdnCluster } from './sdn-cluster.ts';

interface Inventory {
  readonly nodes: Readonly<Record<string, { readonly addresses: readonly string[] }>>;
}

const provider = join(root, 'examples/provider-static/provider.mjs');
const poll = { timeout: 60_000, interval: 50 };
const nodes = ['a1', 'a2', 'b1', 'b2'];
const subnetOf = (node: string): string => (node.startsWith('a') ? '10.0.0' : '10.0.1');

describe.each(bothServers)('the provider of the examples, loaded by its path, on %s', (server) => {
  let cluster: SdnCluster;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inventory-'));
    const machine = (node: string, index: number): object => ({
      ...{ subnets: [`${subnetOf(node)}.0/24`], primary: `${subnetOf(node)}.${200 + index}`, limit: 3, addresses: [] },
    });
    const inventory = {
      nodes: Object.fromEntries(nodes.map((node, index) => [node, machine(node, index)])),
      usedElsewhere: { '10.0.0.1': 'a printer' },
    };
    await writeFile(join(folder, 'inventory.json'), JSON.stringify(inventory));
    cluster = await SdnCluster.start(server);
    for (const [index, node] of nodes.entries())
      await cluster.addNode(node, node.slice(0, 1), `${subnetOf(node)}.${200 + index}`);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/28', labelValue: 'a' },
      { CIDR: '10.0.1.0/28', labelValue: 'b' },
    ]);
    const endpoint = join(folder, 'inventory.json');
    cluster.spawn(cluster.server.kubeconfig, '--provider', provider, '--cloud-endpoint', endpoint);
  }, 120_000);
  afterEach(async () => {
    await expect.poll(() => cluster.laws.violations()).toEqual([]);
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** By node: what the inventory has on it beside its own address. */
  const attached = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const { nodes: found } = JSON.parse(await readFile(join(folder, 'inventory.json'), 'utf8')) as Inventory;
    return Object.fromEntries(Object.entries(found).map(([node, { addresses }]) => [node, addresses]));
  };
  const isInStep = async (): Promise<boolean> => {
    const [interfaces, hosted] = [await attached(), await cluster.hosted()];
    return nodes.every(
      (node) => [...(interfaces[node] ?? [])].sort().join() === [...(hosted[node] ?? [])].sort().join(),
    );
  };

  it('attaches what the network hosts, moves it with the network, and takes it back', async () => {
    await cluster.addNamespace('one');
    await expect.poll(() => cluster.boundTo('one'), poll).toEqual(['10.0.0.2', '10.0.1.1']);
    await expect.poll(isInStep, poll).toBe(true);
    const before = (await cluster.nodeOf('10.0.0.2')) ?? '';
    await cluster.setReady(before, false);
    await expect.poll(async () => [before, undefined].includes(await cluster.nodeOf('10.0.0.2')), poll).toBe(false);
    await expect.poll(isInStep, poll).toBe(true);
    expect((await attached())[before]).toEqual([]);
    await cluster.removeNamespace('one');
    await expect.poll(async () => Object.values(await attached()).flat(), poll).toEqual([]);
  }, 180_000);
});
