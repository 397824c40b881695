import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudProvider, CreateProvider } from '@egressip-ipam/core';
import { describeCloudProvider, type ProviderHarness } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import * as plugIn from './provider.mjs';

const { createProvider } = plugIn as unknown as { createProvider: CreateProvider };
const cidrs = ['10.0.0.0/24', 'fd00::/64'] as const;

async function anInventory(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'provider-static-')), 'inventory.json');
  const nodes = {
    'node-1': { subnets: cidrs, primary: '10.0.0.10', limit: 6, addresses: ['10.0.0.99'] },
    'node-2': { subnets: cidrs, primary: '10.0.0.11', limit: 6, addresses: [] },
  };
  await writeFile(file, JSON.stringify({ nodes, usedElsewhere: { '10.0.0.200': 'a printer' } }));
  return file;
}

async function makeProvider(): Promise<ProviderHarness> {
  const provider: CloudProvider = await createProvider({ endpoint: await anInventory() });
  let last = 20;
  return {
    provider,
    nodes: [{ name: 'node-1' }, { name: 'node-2' }],
    cidrs,
    foreign: { address: '10.0.0.99', node: { name: 'node-1' } },
    usedElsewhere: '10.0.0.200',
    freeAddress: (family) => ((last += 1), family === 4 ? `10.0.0.${last}` : `fd00::${last}`),
  };
}

describeCloudProvider({
  name: 'static',
  attach: true,
  families: [4, 6],
  limited: true,
  describe,
  it,
  skip: it.skip,
  makeProvider,
});

describe('static', () => {
  it('keeps what is attached in the inventory', async () => {
    const file = await anInventory();
    const provider = await createProvider({ endpoint: file });
    await provider.apply({
      changes: [{ type: 'attach', address: '10.0.0.50', node: { name: 'node-2' } }],
      signal: new AbortController().signal,
    });
    expect(
      (JSON.parse(await readFile(file, 'utf8')) as { nodes: Record<string, { addresses: string[] }> }).nodes['node-2']
        ?.addresses,
    ).toEqual(['10.0.0.50']);
  });

  it('reads the inventory that its README shows', async () => {
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const endpoint = join(await mkdtemp(join(tmpdir(), 'provider-static-')), 'inventory.json');
    await writeFile(endpoint, /```json\n(.*?)```/s.exec(readme)?.[1] ?? '');
    const provider = await createProvider({ endpoint });
    const { nodes, cidrs: seen } = await provider.observe({
      nodes: [{ name: 'node-1' }],
      cidrs: ['10.0.0.0/24'],
      signal: new AbortController().signal,
    });
    expect(nodes).toMatchObject([{ node: 'node-1', interfaces: [{ main: true }], limits: { ipv4: 8 } }]);
    expect(seen).toMatchObject([{ cidr: '10.0.0.0/24', inUse: { length: 3 } }]);
  });

  it('takes at most a hundred lines', async () => {
    expect(
      (await readFile(new URL('provider.mjs', import.meta.url), 'utf8')).trim().split('\n').length,
    ).toBeLessThanOrEqual(100);
  });
});
