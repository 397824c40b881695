import { ResourceClient } from '@egressip-ipam/kube';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { infrastructures } from '../../../src/network/resources.ts';
import { makeClusterProvider, type ProviderChoice } from '../../../src/provider/cluster-provider.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

/** A provider that is called after what it was told. */
const teller = `export const createProvider = ({ region, endpoint }) => ({ specificationVersion: 'v1', name: [region, endpoint].join(' '), platforms: { types: [], providerIDPrefixes: [] }, capabilities: { attach: true, atomicMove: false }, observe: async () => ({ nodes: [], cidrs: [] }), apply: async () => [] });`;

describe('what Infrastructure tells the provider', () => {
  let server: TestServer;
  let provider: string;
  const told = async (cloud?: ProviderChoice['cloud']): Promise<string> => {
    const made = await makeClusterProvider(server.rest, { provider, ...(cloud === undefined ? {} : { cloud }) }, () => undefined);
    await made.stop();
    return made.provider.name;
  };

  beforeAll(async () => {
    server = await startServer('the sandbox', ['infrastructures']);
    provider = join(await mkdtemp(join(tmpdir(), 'provider-')), 'teller.mjs');
    await writeFile(provider, teller);
    const client = new ResourceClient(server.rest, infrastructures);
    await client.create({ metadata: { name: 'cluster' }, spec: { platformSpec: { type: 'AWS' } } });
    const aws = { region: 'us-gov-west-1', serviceEndpoints: [{ name: 's3', url: 'https://s3.example' }, { name: 'ec2', url: 'https://ec2.example' }] };
    const status = { infrastructureName: 'test', apiServerURL: 'https://api', apiServerInternalURI: 'https://api-int', controlPlaneTopology: 'HighlyAvailable', infrastructureTopology: 'HighlyAvailable', platformStatus: { type: 'AWS', aws } };
    await client.mergePatch({ name: 'cluster' }, { status }, { subresource: 'status' });
  });
  afterAll(() => server.stop());

  it('is its region, and the endpoint that the cluster has for EC2', async () => {
    expect(await told()).toBe('us-gov-west-1 https://ec2.example');
  });

  it('gives way to the options', async () => {
    expect(await told({ region: 'north-1', endpoint: 'http://localhost:1' })).toBe('north-1 http://localhost:1');
    expect(await told({ region: 'north-1' })).toBe('north-1 https://ec2.example');
  });
});
