import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { kubeconfigOfNobody } from '../../../tools/testing/kubeconfig-of-nobody.ts';
import { median, row, type BenchmarkRow } from '../../core/bench/benchmark.ts';

const rounds = 15;
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A Node that does nothing starts in 40 ms: twelve times that is the half second of the budget. */
const budget = 12;

/** What the image starts: how long until it is there, against a Node that does nothing. */
export async function run(): Promise<BenchmarkRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  try {
    execFileSync(process.execPath, ['deploy/src/image.ts', join(folder, 'image')], { cwd: root, stdio: 'ignore' });
    const cli = join(folder, 'image/operator/cli.js');
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOfNobody));
    const times = { bare: [] as number[], version: [] as number[], help: [] as number[], health: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      times.bare.push(await timeToEnd('-e', '0'));
      times.version.push(await timeToEnd(cli, '--version'));
      times.help.push(await timeToEnd(cli, 'run', '--help'));
      times.health.push(await timeToHealth(cli, kubeconfig));
    }
    const bare = median(times.bare);
    return [
      row('egressip-ipam --version, against node -e 0', median(times.version), bare, budget),
      row('egressip-ipam run --help, against node -e 0', median(times.help), bare, budget),
      row('egressip-ipam run until /healthz answers, against node -e 0', median(times.health), bare, budget),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function timeToEnd(...args: readonly string[]): Promise<number> {
  const start = performance.now();
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return performance.now() - start;
}

/** The operator is alive before it has reached an API server: here it never does. */
async function timeToHealth(cli: string, kubeconfig: string): Promise<number> {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(
    process.execPath,
    // As the image's entry point has it.
    [
      '--min-semi-space-size=8',
      cli,
      'run',
      '--kubeconfig',
      kubeconfig,
      '--metrics-bind-address=127.0.0.1:0',
      `--health-probe-bind-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  try {
    while (!(await isHealthy(port))) {
      if (hasEnded(child)) throw new Error('the operator ended before it was healthy');
      await pause(2);
    }
    return performance.now() - start;
  } finally {
    child.kill('SIGKILL');
    if (!hasEnded(child)) await once(child, 'exit');
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
