import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRestClient } from '../rest/rest-client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { answer, startTestServer, until } from '../testing/test-server.ts';
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

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function kubeconfig(server: string, user: object, cluster: object = {}): Promise<string> {
  const file = join(folder, 'config');
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [
        { name: 'one', context: { cluster: 'c', user: 'u', namespace: 'team' } },
        { name: 'broken', context: { cluster: 'none', user: 'u' } },
      ],
      'current-context': 'one',
    }),
  );
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
    clock.jump(1_000);
    expect((await connection.credentials()).headers.authorization).toBe('Bearer second');
  });
});

describe('loadConnection', () => {
  it('prefers a given kubeconfig, then KUBECONFIG, then the cluster it runs in', async () => {
    await serviceAccount();
    const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOME: folder };
    const file = await kubeconfig('https://kubeconfig:6443', { token: 't' });
    expect((await loadConnection({ kubeconfig: file, environment, directory: folder })).server.host).toBe(
      'kubeconfig:6443',
    );
    expect(
      (await loadConnection({ environment: { ...environment, KUBECONFIG: file }, directory: folder })).server.host,
    ).toBe('kubeconfig:6443');
    expect((await loadConnection({ environment, directory: folder })).server.host).toBe('10.0.0.1');
  });

  it('talks to a plain HTTP server with the token of an exec plug-in', async () => {
    const tokens: unknown[] = [];
    const server = await startTestServer((request, response) => {
      tokens.push(request.headers.authorization);
      answer(response, 200, {});
    });
    const credential = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-plugin' },
    });
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', `console.log(${JSON.stringify(credential)})`],
    };
    const connection = await loadConnection({ kubeconfig: await kubeconfig(server.url, { exec }) });
    expect(connection.namespace).toBe('team');
    const client = createRestClient(connection);
    for (let count = 0; count < 3; count++) await client.request('GET', '/version');
    expect(tokens).toEqual(Array(3).fill('Bearer from-plugin'));
    expect(server.connections()).toBe(1);
    client.close();
    await server.close();
  });

  it('ends an exec plug-in that hangs, with the client', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', 'echo $$ > "$0"; sleep 5', join(folder, 'pid')],
    };
    const client = createRestClient(
      await loadConnection({ kubeconfig: await kubeconfig('http://127.0.0.1:9', { exec }) }),
    );
    await expect(client.request('GET', '/version', { deadline: 500 })).rejects.toMatchObject({
      kind: 'timeout',
      outcome: 'never-sent',
    });
    const second = client.request('GET', '/version');
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    client.close();
    await expect(second).rejects.toMatchObject({ kind: 'aborted', outcome: 'never-sent' });
    await until(() => !isRunning(pid));
  });

  it('says what an exec plug-in said that failed', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', 'echo log in first >&2; exit 1'],
    };
    const client = createRestClient(
      await loadConnection({ kubeconfig: await kubeconfig('http://127.0.0.1:9', { exec }) }),
    );
    await expect(client.request('GET', '/version')).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringMatching(/log in first/) as string,
    });
    client.close();
  });

  it('reads a token file, beside the kubeconfig too, and again as it changes', async () => {
    const clock = new FakeClock();
    await writeFile(join(folder, 'token'), 'first\n');
    const connection = await loadConnection({
      kubeconfig: await kubeconfig('https://a', { tokenFile: 'token', token: 'beside' }),
      clock,
    });
    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer first' });
    await writeFile(join(folder, 'token'), 'second\n');
    clock.jump(10_000);
    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer second' });
  });

  it('says that a token file is empty, and that an auth-provider gives nothing', async () => {
    await writeFile(join(folder, 'token'), '\n');
    const empty = await loadConnection({ kubeconfig: await kubeconfig('https://a', { tokenFile: 'token' }) });
    await expect(empty.credentials()).rejects.toThrow(`the token file ${join(folder, 'token')} is empty`);
    const gcp = await loadConnection({
      kubeconfig: await kubeconfig('https://a', { 'auth-provider': { name: 'gcp' } }),
    });
    await expect(gcp.credentials()).rejects.toThrow(
      'user "u" of the kubeconfig has auth-provider "gcp", which gives no credentials; give the user an exec plug-in',
    );
  });

  it('warns of a server whose certificate is not checked', async () => {
    const file = await kubeconfig('https://a:6443', {}, { 'insecure-skip-tls-verify': true });
    expect((await loadConnection({ kubeconfig: file })).warnings).toEqual([
      expect.stringMatching(/certificate of a:6443 is not checked/),
    ]);
    expect((await loadConnection({ kubeconfig: await kubeconfig('https://a', {}) })).warnings).toBeUndefined();
  });

  it('goes through the proxy of the environment, unless the kubeconfig names another', async () => {
    const environment = { HTTP_PROXY: 'http://proxy:1', NO_PROXY: 'direct' };
    const agentOf = async (server: string, cluster: object = {}): Promise<unknown> => {
      const { agent } = await loadConnection({ kubeconfig: await kubeconfig(server, {}, cluster), environment });
      return (agent as { proxy?: { href: string } } | undefined)?.proxy?.href;
    };
    expect(await agentOf('http://api')).toBe('http://proxy:1/');
    expect(await agentOf('http://direct')).toBeUndefined();
    expect(await agentOf('http://api', { 'proxy-url': 'http://own:2' })).toBe('http://own:2/');
  });

  it('names what is wrong', async () => {
    const file = await kubeconfig('https://a', {});
    await expect(loadConnection({ kubeconfig: join(folder, 'absent') })).rejects.toThrow(
      /kubeconfig .*absent cannot be used: ENOENT/,
    );
    await expect(loadConnection({ kubeconfig: file, context: 'two' })).rejects.toThrow(
      /has no context "two"; it has one, broken/,
    );
    await expect(loadConnection({ kubeconfig: file, context: 'broken' })).rejects.toThrow(
      /context "broken" names no cluster/,
    );
    await expect(loadConnection({ environment: { HOME: folder }, directory: folder })).rejects.toThrow(
      /no Kubernetes API server to talk to/,
    );
  });
});
