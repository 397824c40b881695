import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditPolicy } from './audit.ts';

/** A bearer token that the API server accepts. */
export interface EnvtestToken {
  readonly token: string;
  /** E.g. `system:serviceaccount:NAMESPACE:NAME`. */
  readonly user: string;
  /**
   * By default those of a service account when the user is one, else none. `system:authenticated` is added by the
   * server.
   */
  readonly groups?: readonly string[];
}

/** Loopback ports of one environment. */
export interface EnvtestPorts {
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
}

/** Writes the keys, tokens and audit policy that the API server reads. */
export async function writeServerFiles(folder: string, tokens: readonly EnvtestToken[]): Promise<void> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const lines = tokens.map(
    ({ token, user, groups = serviceAccountGroups(user) }) => `${token},${user},${user},"${groups.join(',')}"\n`,
  );
  await Promise.all([
    writeFile(join(folder, 'sa.key'), keys.privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 }),
    writeFile(join(folder, 'sa.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' })),
    writeFile(join(folder, 'tokens.csv'), lines.join(''), { mode: 0o600 }),
    writeFile(join(folder, 'audit-policy.yaml'), auditPolicy),
    writeFile(join(folder, 'audit.log'), ''),
  ]);
}

// The groups that Kubernetes itself gives a service account's token.
function serviceAccountGroups(user: string): string[] {
  const namespace = /^system:serviceaccount:([^:]+):/.exec(user)?.[1];
  return namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** etcd's flags: one member, no fsync (a test needs no durability). */
export function etcdFlags(folder: string, { etcdClient, etcdPeer }: EnvtestPorts): string[] {
  const client = `http://127.0.0.1:${etcdClient}`;
  const peer = `http://127.0.0.1:${etcdPeer}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=error',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
}

/** kube-apiserver's flags: token file, RBAC, and nothing that needs a controller manager. */
export function apiServerFlags(folder: string, { etcdClient, apiServer }: EnvtestPorts, audit: boolean): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdClient}`,
    `--secure-port=${apiServer}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${join(folder, 'certificates')}`,
    '--service-account-issuer=https://localhost',
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    // Without a controller manager no service account exists that pods could be given.
    '--disable-admission-plugins=ServiceAccount',
    '--service-cluster-ip-range=10.255.0.0/16',
    // Fewer writes and threads of its own: machines that test are small.
    '--endpoint-reconciler-type=none',
    '--profiling=false',
    ...(audit
      ? [
          `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
          `--audit-log-path=${join(folder, 'audit.log')}`,
          '--audit-log-mode=blocking',
          '--audit-log-maxsize=1000',
        ]
      : []),
  ];
}
