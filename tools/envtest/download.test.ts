import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = readFileSync(join(root, 'tools/envtest/download.sh'), 'utf8');

interface Step {
  readonly run?: string;
}

const runsAll = ({ run }: Step): boolean => run?.includes('.ci/run') === true;
const brings = ({ run }: Step): boolean => run?.includes('tools/envtest/download.sh') === true;
const jobs = readdirSync(join(root, '.github/workflows')).flatMap((workflow) => {
  const { jobs: all } = parse(readFileSync(join(root, '.github/workflows', workflow), 'utf8')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  };
  return Object.entries(all).map(([job, { steps }]) => ({ name: `${workflow}, ${job}`, steps }));
});

describe.runIf(process.platform === 'linux')('kube-apiserver and etcd, downloaded', () => {
  let folder: string;
  let archive: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'download-'));
    archive = join(folder, 'archive.tar.gz');
    const content = join(folder, 'content/controller-tools/envtest');
    mkdirSync(content, { recursive: true });
    for (const program of ['kube-apiserver', 'etcd', 'kubectl']) writeFileSync(join(content, program), program);
    execFileSync('tar', ['-czf', archive, '-C', join(folder, 'content'), 'controller-tools']);
    const programs = join(folder, 'bin');
    mkdirSync(programs);
    const curl =
      '#!/usr/bin/env bash\nwhile [ "$1" != --output ]; do shift; done\ncp "$ARCHIVE" "$2" && echo "$3" >"$ARCHIVE.address"\n';
    writeFileSync(join(programs, 'curl'), curl, { mode: 0o755 });
    writeFileSync(join(programs, 'uname'), '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo x86_64\n', { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (text: string, environment: NodeJS.ProcessEnv = {}): string =>
    execFileSync('bash', ['-ec', text, 'download.sh', join(folder, 'into')], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, ARCHIVE: archive, ...environment },
    });

  it('is not unpacked where it is not what it was', () => {
    expect(() => run(script)).toThrow(/FAILED|did NOT match/);
    expect(existsSync(join(folder, 'into', 'etcd'))).toBe(false);
  });

  it('is in the folder that is printed', () => {
    const sum = createHash('sha512').update(readFileSync(archive)).digest('hex');
    expect(run(script.replaceAll(/\b[0-9a-f]{128}\b/g, sum)).trim()).toBe(join(folder, 'into'));
    expect(readdirSync(join(folder, 'into')).sort()).toEqual(['etcd', 'kube-apiserver']);
    expect(readFileSync(`${archive}.address`, 'utf8')).toMatch(
      /controller-tools\/releases\/download\/envtest-(v[\d.]+)\/envtest-\1-linux-amd64\.tar\.gz\n$/,
    );
  });

  it.each(jobs.filter(({ steps }) => steps.some(brings)))('ends $name where it does not come', ({ steps }) => {
    const environment = { RUNNER_TEMP: folder, GITHUB_ENV: join(folder, 'env') };
    expect(() => run(steps.find(brings)?.run ?? '', environment)).toThrow(/FAILED|did NOT match/);
    expect(existsSync(join(folder, 'env'))).toBe(false);
  });
});

it.each(jobs.filter(({ steps }) => steps.some(runsAll)))(
  '$name runs everything, with a real API server',
  ({ steps }) => {
    const [brought, all] = [steps.findIndex(brings), steps.findIndex(runsAll)];
    expect(brought).toBeGreaterThanOrEqual(0);
    expect(brought).toBeLessThan(all);
    expect(steps[brought]?.run).toMatch(/^echo "KUBEBUILDER_ASSETS=.*" >> "\$GITHUB_ENV"$/m);
    // Root has an environment of its own.
    expect(steps[all]?.run).toMatch(/^sudo --preserve-env=\S*\bKUBEBUILDER_ASSETS\b/);
  },
);

it('what runs everything is there to be looked at', () => {
  expect(jobs.filter(({ steps }) => steps.some(runsAll)).map(({ name }) => name)).toEqual([
    'ci.yaml, everything',
    'release.yaml, assemble',
  ]);
});
