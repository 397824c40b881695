import { agentLeaseName, egressNodes, readEgressNode } from '@egressip-ipam/agent';
import { ResourceClient } from '@egressip-ipam/kube';
import { nodeNetworkUnavailable } from '@egressip-ipam/sandbox';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import {
  eventually,
  startAgentMachines,
  type AgentMachines,
} from '../../../provider-agent/test/packets/agent-machines.ts';

const reason =
  nodeNetworkUnavailable() ?? (spawnSync('openssl', ['version']).status !== 0 ? 'openssl is not there' : undefined);
const mebibyte = 1_048_576;
/** MiB at most, as `docs/networks.md` promises: its RSS, and what of that is its own, beside Node's file. */
const mostInAll = 60;
const mostOwn = 19;
/** Seconds that are counted. */
const counted = 20;

// As a pod has it: the bundle, with a service account and the flags of the DaemonSet, and a folder /run of its own.
const asPod = `set -e
mount -t tmpfs none /run
mkdir -p /run/secrets/kubernetes.io/serviceaccount
cp "$1"/* /run/secrets/kubernetes.io/serviceaccount
shift
exec "$@"`;

describe('an agent at rest with fifty addresses', unless(reason !== undefined, reason ?? ''), () => {
  let machines: AgentMachines;
  let encrypted: Server;
  let pid = 0;
  const account = mkdtempSync(join(tmpdir(), 'service-account-'));
  const addresses = Array.from({ length: 50 }, (_, index) => `192.0.2.${100 + index}`);

  beforeAll(async () => {
    const subject = ['-subj', '/CN=api', '-addext', 'subjectAltName=IP:192.0.2.200'];
    const key = join(account, 'key');
    const out = ['-keyout', key, '-out', join(account, 'ca.crt')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...out], { stdio: 'ignore' });
    writeFileSync(join(account, 'token'), 'agent');
    machines = await startAgentMachines({
      names: ['a'],
      startsAgents: false,
      urlFor: ({ url }) =>
        new Promise((resolve) => {
          encrypted = createServer(
            { key: readFileSync(key), cert: readFileSync(join(account, 'ca.crt')) },
            (socket) => {
              const upstream = connect(Number(new URL(url).port), '127.0.0.1');
              socket.pipe(upstream).pipe(socket);
              for (const each of [socket, upstream]) each.on('error', () => (socket.destroy(), upstream.destroy()));
            },
          ).listen(0, '127.0.0.1', () => resolve(`https://127.0.0.1:${portOf(encrypted)}`));
        }),
    });
    const flags = ['--node=a', '--peer-address=192.0.2.11', '--metrics-bind-address=:9812'];
    const { words, environment } = machines.agentCommand;
    const command = [...words, ...flags, '--health-probe-bind-address=127.0.0.1:9813'];
    const child = machines.machine('a').spawn('unshare', ['--mount', 'sh', '-c', asPod, 'sh', account, ...command], {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        ...environment,
        KUBERNETES_SERVICE_HOST: '192.0.2.200',
        KUBERNETES_SERVICE_PORT: '6443',
        POD_NAMESPACE: 'egressip-ipam-operator',
      },
    });
    pid = child.pid ?? 0;
    const nodes = new ResourceClient(machines.rest, egressNodes);
    const hasReported = async (): Promise<boolean> =>
      readEgressNode(await nodes.get({ name: 'a' })).status.observedGeneration > 0;
    await eventually('the agent reports', hasReported, 30_000);
    const wishes = addresses.map((address) => ({ address, reason: 'a test' }));
    await nodes.mergePatch({ name: 'a' }, { spec: { addresses: wishes } });
    await eventually('it has them all', () => addresses.every((address) => machines.kernelOf('a').has(address)));
    // Until then they are announced again and again.
    await wait(10_000);
  }, 90_000);
  afterAll(async () => {
    await machines?.close();
    encrypted?.close();
    rmSync(account, { recursive: true, force: true });
  });

  it('asks the API server for little more than a renewal of its Lease every two seconds, and has little memory of its own', async () => {
    const since = Date.now();
    const before = usage(pid);
    await wait(counted * 1_000);
    const after = usage(pid);
    const requests = machines.server.requests.entries().filter(({ time }) => time > since);
    const isRenewal = ({ verb, name }: { readonly verb: string; readonly name: string }): boolean =>
      verb === 'update' && name === agentLeaseName('a');
    const renewals = requests.filter(isRenewal).length;
    const others = requests.filter((request) => !isRenewal(request));
    console.log(
      `an agent at rest with ${addresses.length} addresses: ${(after.own / mebibyte).toFixed(1)} MiB of its own, ${(after.shared / mebibyte).toFixed(1)} MiB of files such as Node itself, ${((after.own + after.shared) / mebibyte).toFixed(1)} MiB in all, ${((after.ticks - before.ticks) / counted).toFixed(1)} % of a processor; for 500 nodes ${(500 * renewals) / counted} renewals and ${(500 * others.length) / counted} looks at whether the server is there a second`,
    );
    expect(others.filter(({ resource }) => resource !== '')).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(counted / 10 + 1);
    expect(renewals).toBeLessThanOrEqual(counted / 2 + 1);
    expect(after.own).toBeLessThanOrEqual(mostOwn * mebibyte);
    expect(after.own + after.shared).toBeLessThanOrEqual(mostInAll * mebibyte);
  }, 60_000);
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * What a process takes: bytes of memory, of its own and of files that it maps, and hundredths of a second of processor
 * time so far, its children's included.
 */
function usage(pid: number): { readonly own: number; readonly shared: number; readonly ticks: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? NaN) * 1_024;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return {
    own: bytes('RssAnon'),
    shared: bytes('RssFile'),
    ticks: fields.slice(11, 15).reduce((sum, text) => sum + Number(text), 0),
  };
}
