import { execFileSync, spawnSync } from 'node:child_process';

/** Tells at the end, as the last line of standard error, the modules that were loaded. */
const teller = `
import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
process.on('exit', () => console.error(JSON.stringify(loaded)));
`;

/** The same for what is Node's own, without what telling takes. */
const tellerOfNode = `process.on('exit', () => console.error(JSON.stringify(process.moduleLoadList)));`;

/** The files that a program loads, as file URLs; its output is thrown away. */
export function loadedFiles(program: string, ...args: readonly string[]): readonly string[] {
  const hook = `data:text/javascript,${encodeURIComponent(teller)}`;
  const output = execFileSync(
    'sh',
    ['-c', '"$@" 2>&1 >&-', 'sh', process.execPath, '--import', hook, program, ...args],
    {
      encoding: 'utf8',
    },
  );
  const [last = '[]'] = output.trim().split('\n').slice(-1);
  return (JSON.parse(last) as readonly string[]).filter((url) => url.startsWith('file:'));
}

/** The modules of Node's own that a program has loaded when it ends; its output and how it ends do not matter. */
export function loadedOfNode(program: string, ...args: readonly string[]): readonly string[] {
  const hook = `data:text/javascript,${encodeURIComponent(tellerOfNode)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', hook, program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [last = '[]'] = stderr.trim().split('\n').slice(-1);
  return (JSON.parse(last) as readonly string[]).map((entry) => entry.replace(/^NativeModule /, ''));
}
