import { plain } from '@egressip-ipam/core';
import { ResourceClient } from '@egressip-ipam/kube';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { infrastructures } from '../support/resources.ts';
import { makeClusterProvider, type ProviderChoice } from '../../../src/provider/cluster-provider.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

/** A provider that is called after what it was told, and what it read of the cluster. */
const teller = `
const about = { specificationVersion: 'v1', platforms: { types: [], providerIDPrefixes: [] }, capabilities: { attach: true } };
const infrastructures = { group: 'config.openshift.io', version: 'v1', plural: 'infrastructures', kind: 'Infrastructure' };
const read = (objects) => objects('Infrastructure').map(({ metadata, status }) => [metadata.name, status.platformStatus.aws.region].join('='));
export const description = { ...about, name: 'teller', reads: [{ resource: infrastructures, name: 'cluster' }] };
export const createProvider = ({ region, endpoint, objects }) => ({ ...about, name: [region, endpoint, ...read(objects)].join(' '), observe: async () => ({ nodes: [], cidrs: [] }), apply: async () => [] });
`;
const network = { backend: plain, recognition: plain.recognise({ served: new Map(), nodes: [] }) };

describe('what a provider is told', () => {
  let server: TestServer;
  let provider: string;
  const told = async (cloud?: ProviderChoice['cloud']): Promise<string> => {
    const made = await makeClusterProvider(server.rest, network, {
      provider,
      ...(cloud === undefined ? {} : { cloud }),
    });
    await made.stop();
    return made.provider.name;
  };

  beforeAll(async () => {
    server = await startServer('the sandbox', ['infrastructures']);
    provider = join(await mkdtemp(join(tmpdir(), 'provider-')), 'teller.mjs');
    await writeFile(provider, teller);
    const client = new ResourceClient(server.rest, infrastructures);
    await client.create({ metadata: { name: 'cluster' }, spec: { platformSpec: { type: 'AWS' } } });
    const aws = {
      region: 'us-gov-west-1',
      serviceEndpoints: [
        { name: 's3', url: 'https://s3.example' },
        { name: 'ec2', url: 'https://ec2.example' },
      ],
    };
    const status = {
      infrastructureName: 'test',
      apiServerURL: 'https://api',
      apiServerInternalURI: 'https://api-int',
      controlPlaneTopology: 'HighlyAvailable',
      infrastructureTopology: 'HighlyAvailable',
      platformStatus: { type: 'AWS', aws },
    };
    await client.mergePatch({ name: 'cluster' }, { status }, { subresource: 'status' });
  });
  afterAll(() => server.stop());

  it('is what it asked to read, and the options of a person', async () => {
    expect(await told()).toBe('  cluster=us-gov-west-1');
    expect(await told({ region: 'north-1', endpoint: 'http://localhost:1' })).toBe(
      'north-1 http://localhost:1 cluster=us-gov-west-1',
    );
  });
});
