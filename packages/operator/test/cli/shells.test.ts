import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { main } from '../../src/main.ts';
import { createProgram } from '../../src/program/create-program.ts';
import { runCli } from './run-cli.ts';

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const missing = (program: string): ReturnType<typeof unless> => unless(!isThere(program), `${program} is not there`);
const silent = {
  terminal: { out: () => undefined, error: () => undefined, color: false },
  standardInput: () => Promise.resolve(''),
};
const program = createProgram(silent, () => undefined);
const commands = program.commands.map((command) => command.name());
const offeredCommands = [...commands, 'help'];

/** What a shell prints, a line each, in a folder where its completion is the file `script`. */
async function inShell(shell: string, args: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'egressip-ipam-shell-'));
  try {
    const { out, code } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    writeFileSync(join(folder, 'script'), out);
    const printed = execFileSync(shell, args, {
      encoding: 'utf8',
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
    return printed.split('\n').slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('completion for bash', missing('bash'), () => {
  const complete = (...words: readonly string[]): Promise<readonly string[]> => {
    const script = `. ./script; COMP_WORDS=(egressip-ipam ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _egressip_ipam; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return inShell('bash', ['-c', script]);
  };

  it('offers commands, flags, their choices, and files', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining([...offeredCommands, '--help']));
    expect(await complete('si')).toEqual(['simulate']);
    expect(await complete('plan', '--li')).toEqual(['--live']);
    expect(await complete('plan', '-o', '')).toEqual(['table', 'json', 'yaml']);
    expect(await complete('plan', '--network', 'ovn-')).toEqual(['ovn-kubernetes']);
    // As bash splits --network=ovn-.
    expect(await complete('plan', '--network', '=', 'ovn-')).toEqual(['ovn-kubernetes']);
    expect(await complete('plan', '--output', '=')).toEqual(['table', 'json', 'yaml']);
    expect(await complete('help', 'pl')).toEqual(['plan']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('plan', 'scr')).toEqual(['script']);
    expect(await complete('trial', 'scr')).toEqual(['']);
  });
});

describe('completion for zsh', missing('zsh'), () => {
  const complete = (line: string): Promise<readonly string[]> =>
    inShell('zsh', ['-f', join(import.meta.dirname, 'offered-by-zsh.zsh'), './script', `egressip-ipam ${line}`]);

  it('offers commands, flags, their choices, and files', { timeout: 120_000 }, async () => {
    expect(await complete('')).toEqual(offeredCommands);
    expect(await complete('si')).toEqual(['simulate']);
    expect(await complete('--')).toEqual(['--version', '--help']);
    expect(await complete('plan --li')).toEqual(['--live']);
    expect(await complete('plan -o ')).toEqual(['table', 'json', 'yaml']);
    expect((await complete('plan --network=ovn')).toSorted()).toEqual(['ovn', 'ovn-kubernetes']);
    expect(await complete('completion ')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('help pl')).toEqual(['plan']);
    expect(await complete('plan scr')).toEqual(['script']);
    expect(await complete('trial scr')).toEqual([]);
  });
});

describe('completion for fish', missing('fish'), () => {
  const complete = async (line: string): Promise<readonly string[]> => {
    const script = `complete -C 'egressip-ipam ${line}'`;
    const lines = await inShell('fish', ['--no-config', '-c', `source ./script; ${script}`]);
    return lines.map((offer) => offer.split('\t')[0] ?? '').sort();
  };

  it('offers commands, flags, their choices, and files', { timeout: 120_000 }, async () => {
    expect(await complete('')).toEqual(offeredCommands.toSorted());
    expect(await complete('si')).toEqual(['simulate']);
    expect(await complete('--')).toEqual(['--help', '--version']);
    expect(await complete('plan --li')).toEqual(['--live']);
    expect(await complete('plan -o ')).toEqual(['json', 'table', 'yaml']);
    expect(await complete('plan --network=ovn')).toEqual(['--network=ovn', '--network=ovn-kubernetes']);
    expect(await complete('completion ')).toEqual(['bash', 'fish', 'zsh']);
    expect(await complete('help pl')).toEqual(['plan']);
    expect(await complete('plan scr')).toEqual(['script']);
    expect(await complete('trial scr')).toEqual([]);
  });

  it('takes the first word alone for the command', async () => {
    expect(await complete('check plan --add')).toEqual([]);
    expect(await complete('simulate plan --add-n')).toEqual(['--add-namespaces']);
  });
});

it.each(['bash', 'zsh', 'fish'])('completion for %s names every command and every flag', async (shell) => {
  const { out } = await runCli(['completion', shell]);
  for (const command of program.commands) {
    expect(out).toContain(command.name());
    for (const { long } of command.options) expect(out).toContain(shell === 'fish' ? `-l ${long?.slice(2)} ` : long);
  }
});

describe('completion for kubectl egressip', () => {
  const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
    let out = '';
    const terminal = { ...silent.terminal, out: (text: string) => (out += text) };
    expect(await main(words, { ...silent, terminal, completes: true })).toBe(0);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
  };

  it('offers commands, flags and their choices, and says where files may follow', async () => {
    expect(await offered('')).toEqual([...offeredCommands, ':4']);
    expect(await offered('--')).toEqual(['--version', '--help', ':4']);
    expect(await offered('si')).toEqual(['simulate', ':4']);
    expect(await offered('plan', '--li')).toEqual(['--live', ':4']);
    expect(await offered('plan', '--output', '')).toEqual(['table', 'json', 'yaml', ':4']);
    expect(await offered('plan', '--network', 'ovn-')).toEqual(['ovn-kubernetes', ':4']);
    expect(await offered('plan', '--network=ovn-')).toEqual(['ovn-kubernetes', ':4']);
    expect(await offered('help', 'pl')).toEqual(['plan', ':4']);
    expect(await offered('plan', '--kubeconfig', '')).toEqual([':0']);
    expect(await offered('plan', 'clus')).toEqual([':0']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish', ':4']);
    expect(await offered('trial', 'clus')).toEqual([':4']);
    expect(await offered('nothing', '')).toEqual([':4']);
    expect(await offered()).toEqual([...offeredCommands, ':4']);
  });
});

describe('--help', () => {
  it.each(['', ...commands])('of %s has two examples, which are understood', async (name) => {
    const { out, code } = await runCli([...(name === '' ? [] : [name]), '--help']);
    expect(code).toBe(0);
    const lines = out
      .slice(out.indexOf('Examples:'))
      .split('\n')
      .slice(1)
      .filter((line) => line !== '');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const [first, command, ...args] = line
        .replace(/ [|>].*/, '')
        .trim()
        .split(' ');
      expect([first, command]).toEqual(['egressip-ipam', name === '' ? expect.any(String) : name]);
      const parsed = createProgram(silent, () => undefined);
      // Only what the flags say is looked at: nothing is run.
      for (const one of parsed.commands) one.action(() => undefined);
      await expect(parsed.parseAsync([command ?? '', ...args], { from: 'user' })).resolves.toBeDefined();
    }
  });
});

describe('--network', () => {
  it.each(commands.filter((name) => name !== 'completion' && name !== 'agent'))(
    'of %s takes the same names, short ones too',
    (name) => {
      const option = program.commands
        .find((command) => command.name() === name)
        ?.options.find(({ long }) => long === '--network');
      expect(option?.argChoices?.toSorted()).toEqual([
        'antrea',
        'cilium',
        'openshift-sdn',
        'ovn',
        'ovn-kubernetes',
        'sdn',
      ]);
      expect(option?.parseArg?.('ovn', undefined)).toBe('ovn-kubernetes');
      if (name === 'trial') expect(() => option?.parseArg?.('calico', undefined)).toThrow('Allowed choices');
      else expect(option?.parseArg?.('./calico.js', undefined)).toBe('./calico.js');
    },
  );
});

describe('kubectl egressip', () => {
  it('reads the cluster where it is not told to read files', async () => {
    const read = async (...args: readonly string[]): Promise<unknown> => {
      const plugIn = createProgram({ ...silent, isPlugIn: true }, () => undefined);
      for (const one of plugIn.commands) one.action(() => undefined);
      await plugIn.parseAsync([...args], { from: 'user' });
      return plugIn.commands.find((command) => command.name() === args[0])?.opts()['live'];
    };
    expect(await read('plan')).toBe(true);
    expect(await read('explain', 'namespace/shop')).toBe(true);
    expect(await read('plan', 'cluster.yaml')).toBeUndefined();
    expect(await read('trial')).toBeUndefined();
  });

  it('is named so in its help', () => {
    expect(createProgram({ ...silent, isPlugIn: true }, () => undefined).helpInformation()).toContain(
      'Usage: kubectl egressip ',
    );
  });
});
