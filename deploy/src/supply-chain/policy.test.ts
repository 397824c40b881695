import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deployPath, root } from '../paths.ts';
import { readDependencies, readLockFile, readPolicy } from './policy.ts';

const policy = readPolicy();
const locked = readLockFile();

describe('the lock file', () => {
  it('names every package by a hash, and none by an address', () => {
    expect(locked.length).toBeGreaterThan(100);
    expect(
      locked.filter(
        ({ resolution }) =>
          Object.keys(resolution).join() !== 'integrity' || !/^sha512-/.test(String(resolution['integrity'])),
      ),
    ).toEqual([]);
  });

  it('has no version that is refused', () => {
    const refused = policy.refused.flatMap(({ package: name, versions, reason }) =>
      versions.map((version) => ({ name, version, reason })),
    );
    expect(
      refused.filter(({ name, version }) => locked.some((entry) => entry.name === name && entry.version === version)),
    ).toEqual([]);
  });
});

describe('packages', () => {
  it('have installed beside them what the policy names, and nothing else', () => {
    const allowed = Object.fromEntries(
      Object.entries(policy.dependencies).map(([name, names]) => [name, [...names].sort()]),
    );
    expect(readDependencies()).toEqual(allowed);
  });

  it('run the install scripts that the policy names', () => {
    const { onlyBuiltDependencies } = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as {
      readonly onlyBuiltDependencies: readonly string[];
    };
    expect(onlyBuiltDependencies).toEqual(policy.installScripts);
  });
});

describe('what is run and built upon', () => {
  const workflows = readdirSync(join(root, '.github/workflows'));

  it.each(workflows)('is named by digest in %s', (name) => {
    const uses = readFileSync(join(root, '.github/workflows', name), 'utf8').match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('is the same version of an action in all of them', () => {
    const text = workflows.map((name) => readFileSync(join(root, '.github/workflows', name), 'utf8')).join('\n');
    const actions = [...new Set(text.match(/(?<=uses: ).*/g))].map((line) => line.replace(/@.*/, ''));
    expect(actions.filter((action, index) => actions.indexOf(action) !== index)).toEqual([]);
  });

  it('is named by digest in the Dockerfile', () => {
    const file = readFileSync(deployPath('Dockerfile'), 'utf8');
    // The last one stands on a stage of this file: the operator's or the agent's.
    expect(file.match(/^FROM .*/gm)?.at(-1)).toBe('FROM ${IMAGE}');
    expect(file.match(/^ARG IMAGE=.*/gm)).toEqual(['ARG IMAGE=operator']);
    expect(file.match(/^FROM .* AS (operator|agent)$/gm)).toHaveLength(2);
    const bases = file.match(/^FROM .*/gm)?.slice(0, -1) ?? [];
    expect(bases).toHaveLength(3);
    expect(bases.filter((line) => !/@sha256:[0-9a-f]{64}/.test(line))).toEqual([]);
  });
});
