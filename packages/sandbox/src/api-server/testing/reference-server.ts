import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from './http-exchange.ts';
import { exchange } from './http-exchange.ts';

/** Files that lie beside a checkout of this repository, where there are any. */
export const sharedFolder = fileURLToPath(new URL('../../../../../../shared', import.meta.url));

/** The folder with kube-apiserver and etcd, or undefined where there is none. */
export function findReferenceServer(): string | undefined {
  return [process.env['KUBEBUILDER_ASSETS'], join(sharedFolder, 'envtest')].find(
    (folder) => folder !== undefined && existsSync(join(folder, 'kube-apiserver')),
  );
}

/** A real kube-apiserver with its etcd. */
export interface ReferenceServer extends Endpoint {
  stop(): Promise<void>;
}

const token = 'reference-administrator';

/** Starts etcd and kube-apiserver from a folder, on free loopback ports. */
export async function startReferenceServer(folder: string): Promise<ReferenceServer> {
  const directory = await mkdtemp(join(tmpdir(), 'reference-api-server-'));
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  const etcdUrl = `http://127.0.0.1:${client}`;
  const etcd = spawn(
    join(folder, 'etcd'),
    [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
    ],
    { stdio: 'ignore' },
  );
  const api = spawn(join(folder, 'kube-apiserver'), await apiServerFlags(directory, etcdUrl, secure), { stdio: 'ignore' });
  const endpoint = { url: `https://127.0.0.1:${secure}`, token };
  const stop = async (): Promise<void> => {
    await Promise.all([api, etcd].map(kill));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(endpoint, api);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...endpoint, stop };
}

async function apiServerFlags(directory: string, etcdUrl: string, port: number): Promise<string[]> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(directory, 'service-account.key');
  const publicKey = join(directory, 'service-account.pub');
  const tokens = join(directory, 'tokens.csv');
  await writeFile(key, keys.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  await writeFile(publicKey, keys.publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(tokens, `${token},administrator,administrator,"system:masters"\n`);
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${join(directory, 'certificates')}`,
    '--service-account-issuer=https://localhost',
    `--service-account-key-file=${publicKey}`,
    `--service-account-signing-key-file=${key}`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount',
    '--service-cluster-ip-range=10.255.0.0/16',
  ];
}

async function waitUntilReady(endpoint: Endpoint, api: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (api.exitCode !== null) throw new Error(`kube-apiserver ended with code ${api.exitCode} before it was ready`);
    const answer = await exchange(endpoint, { method: 'GET', path: '/readyz' }).catch(() => undefined);
    if (answer?.code === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('kube-apiserver was not ready within 30 s');
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
