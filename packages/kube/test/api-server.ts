import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';

/** A running kube-apiserver with its etcd. */
export interface ApiServer {
  readonly server: string;
  readonly token: string;
  /** PEM of the serving certificate, self-signed. */
  readonly certificateFile: string;
  stop(): Promise<void>;
}

/** The folder with `etcd` and `kube-apiserver`, if there is one. */
export function findAssets(): string | undefined {
  const beside = fileURLToPath(new URL('../../../../shared/envtest', import.meta.url));
  const candidates = [process.env.KUBEBUILDER_ASSETS, beside];
  return candidates.find(
    (folder) => folder !== undefined && existsSync(join(folder, 'kube-apiserver')) && existsSync(join(folder, 'etcd')),
  );
}

/** Starts both programs from a folder on free loopback ports and waits until they serve. */
export async function startApiServer(assets: string): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kube-test-'));
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  const token = 'test-token';
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await Promise.all([
    writeFile(join(folder, 'sa.pub'), publicKey),
    writeFile(join(folder, 'sa.key'), privateKey),
    writeFile(join(folder, 'tokens.csv'), `${token},tester,1,system:masters\n`),
  ]);
  const etcdUrl = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const etcd = run(join(assets, 'etcd'), [
    '--data-dir',
    join(folder, 'etcd'),
    '--unsafe-no-fsync',
    '--listen-client-urls',
    etcdUrl,
    '--advertise-client-urls',
    etcdUrl,
    '--listen-peer-urls',
    peerUrl,
    '--initial-advertise-peer-urls',
    peerUrl,
    '--initial-cluster',
    `default=${peerUrl}`,
  ]);
  const server = run(join(assets, 'kube-apiserver'), [
    '--etcd-servers',
    etcdUrl,
    '--secure-port',
    String(secure),
    '--bind-address',
    '127.0.0.1',
    '--cert-dir',
    join(folder, 'certs'),
    '--service-account-issuer',
    'https://localhost',
    '--service-account-key-file',
    join(folder, 'sa.pub'),
    '--service-account-signing-key-file',
    join(folder, 'sa.key'),
    '--token-auth-file',
    join(folder, 'tokens.csv'),
    '--authorization-mode',
    'RBAC',
    '--disable-admission-plugins',
    'ServiceAccount',
    '--service-cluster-ip-range',
    '10.255.0.0/16',
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([end(server), end(etcd)]);
    await rm(folder, { recursive: true, force: true });
  };
  const certificateFile = join(folder, 'certs', 'apiserver.crt');
  for (let attempt = 0; !existsSync(certificateFile); attempt++) {
    if (attempt > 600 || server.exitCode !== null) {
      await stop();
      throw new Error(`kube-apiserver from ${assets} did not start`);
    }
    await wait(50);
  }
  return { server: `https://127.0.0.1:${secure}`, token, certificateFile, stop };
}

function run(program: string, programArguments: readonly string[]): ChildProcess {
  return spawn(program, programArguments, { stdio: 'ignore' });
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = new Promise((resolve) => process.once('exit', resolve));
  process.kill('SIGKILL');
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() =>
          typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
        );
      });
  });
}
