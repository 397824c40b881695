import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRestClient } from '../rest/rest-client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { answer, startTestServer } from '../testing/test-server.ts';
import { inClusterConnection } from './in-cluster.ts';
import { loadConnection } from './load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connection-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function serviceAccount(): Promise<void> {
  await Promise.all([
    writeFile(join(folder, 'token'), 'first\n'),
    writeFile(join(folder, 'ca.crt'), 'CA'),
    writeFile(join(folder, 'namespace'), 'system'),
  ]);
}

async function kubeconfig(server: string, user: object): Promise<string> {
  const file = join(folder, 'config');
  await writeFile(file, JSON.stringify({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'team' } }, { name: 'broken', context: { cluster: 'none', user: 'u' } }],
    'current-context': 'one',
  }));
  return file;
}

describe('inClusterConnection', () => {
  const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };

  it('reads the service account, and its token again after a minute', async () => {
    await serviceAccount();
    const clock = new FakeClock();
    const connection = await inClusterConnection({ directory: folder, environment, clock });
    expect(connection.server.href).toBe('https://[fd00::1]:6443/');
    expect(connection.namespace).toBe('system');
    await writeFile(join(folder, 'token'), 'second\n');
    clock.jump(59_000);
    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer first' });
    clock.jump(1_000);
    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer second' });
  });

  it('reads the token again when the server refused it, but not for every refusal', async () => {
    await serviceAccount();
    const clock = new FakeClock();
    const connection = await inClusterConnection({ directory: folder, environment, clock });
    await writeFile(join(folder, 'token'), 'second');
    connection.invalidate?.();
    expect((await connection.credentials()).headers.authorization).toBe('Bearer first');
    clock.jump(5_000);
    expect((await connection.credentials()).headers.authorization).toBe('Bearer second');
  });
});

describe('loadConnection', () => {
  it('prefers a given kubeconfig, then KUBECONFIG, then the cluster it runs in', async () => {
    await serviceAccount();
    const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOME: folder };
    const file = await kubeconfig('https://kubeconfig:6443', { token: 't' });
    expect((await loadConnection({ kubeconfig: file, environment, directory: folder })).server.host).toBe('kubeconfig:6443');
    expect((await loadConnection({ environment: { ...environment, KUBECONFIG: file }, directory: folder })).server.host).toBe('kubeconfig:6443');
    expect((await loadConnection({ environment, directory: folder })).server.host).toBe('10.0.0.1');
  });

  it('talks to a plain HTTP server with the token of an exec plug-in', async () => {
    const tokens: unknown[] = [];
    const server = await startTestServer((request, response) => {
      tokens.push(request.headers.authorization);
      answer(response, 200, {});
    });
    const credential = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'from-plugin' } });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', `console.log(${JSON.stringify(credential)})`] };
    const connection = await loadConnection({ kubeconfig: await kubeconfig(server.url, { exec }) });
    expect(connection.namespace).toBe('team');
    const client = createRestClient(connection);
    for (let count = 0; count < 3; count++) await client.request('GET', '/version');
    expect(tokens).toEqual(Array(3).fill('Bearer from-plugin'));
    expect(server.connections()).toBe(1);
    client.close();
    await server.close();
  });

  it('names what is wrong', async () => {
    const file = await kubeconfig('https://a', {});
    await expect(loadConnection({ kubeconfig: join(folder, 'absent') })).rejects.toThrow(/kubeconfig .*absent cannot be used: ENOENT/);
    await expect(loadConnection({ kubeconfig: file, context: 'two' })).rejects.toThrow(/has no context "two"; it has one, broken/);
    await expect(loadConnection({ kubeconfig: file, context: 'broken' })).rejects.toThrow(/context "broken" names no cluster/);
    await expect(loadConnection({ environment: { HOME: folder }, directory: folder })).rejects.toThrow(/no Kubernetes API server to talk to/);
  });
});
