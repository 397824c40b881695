import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { unless } from '../../../tools/testing/unless.ts';
import { deployPath, root } from '../../src/paths.ts';
import { findTool } from '../../src/toolbox/find-tool.ts';
import { runStep, standInFor } from '../support/workflow-step.ts';

interface Job {
  readonly environment?: string;
  readonly steps: readonly {
    readonly name?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

const folder = join(root, '.github/workflows');
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  return { name, text, jobs: Object.values((parse(text) as { readonly jobs: Readonly<Record<string, Job>> }).jobs) };
});
const actionlint = findTool('actionlint') ?? '';

/** Texts that the runner puts in before a shell reads them. */
const withoutExpressions = (script: string): string => script.replaceAll(/\$\{\{.*?\}\}/g, 'EXPRESSION');

describe.each(workflows)('the workflow $name', ({ name, text, jobs }) => {
  const steps = jobs.flatMap((job) => job.steps);

  it(
    'is one that actionlint finds no fault with',
    unless(actionlint === '', 'actionlint is not there: node deploy/src/toolbox/install.ts (Go builds it)'),
    () => {
      const lint = (input: string): string =>
        spawnSync(actionlint, ['-oneline', '-shellcheck=', '-pyflakes=', '-'], { input, encoding: 'utf8' }).stdout;
      expect(lint(text)).toBe('');
      expect(lint(`${text}\n      - run: echo \${{ needs.nobody.outputs.digest }}\n`)).toContain('"nobody"');
    },
  );

  it('has scripts that bash understands', () => {
    const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [withoutExpressions(run)]));
    expect(scripts.length).toBeGreaterThan(0);
    const faults = scripts.map((input) => spawnSync('bash', ['-n'], { input, encoding: 'utf8' }).stderr);
    expect(faults.filter((fault) => fault !== '')).toEqual([]);
  });

  it('names files that are in the repository', () => {
    const named = [...text.matchAll(/(?<![\w./-])(?:deploy|tools|\.ci)\/[\w./-]*\w/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('uses secrets in the environment of releases alone, and such as the page says that it needs', () => {
    const page = readFileSync(deployPath('README.md'), 'utf8');
    const secretsOf = (job: Job): readonly string[] =>
      [...JSON.stringify(job).matchAll(/secrets\.(\w+)/g)].map(([, secret = '']) => secret);
    expect(jobs.filter((job) => job.environment !== 'release').flatMap(secretsOf)).toEqual([]);
    expect(jobs.flatMap(secretsOf).filter((secret) => !page.includes(`\`${secret}\``))).toEqual([]);
  });

  it('builds images with arguments that the Dockerfile has, and with all of them', () => {
    const dockerfile = readFileSync(deployPath('Dockerfile'), 'utf8');
    const declared = new Set([...dockerfile.matchAll(/^ARG (\w+)=/gm)].map(([, argument]) => argument));
    for (const { with: inputs } of steps.filter((step) => step.with?.['file'] === 'deploy/Dockerfile')) {
      const given = [...String(inputs?.['build-args']).matchAll(/^(\w+)=/gm)].map(([, argument]) => argument);
      // Which image: the operator's where nothing is said.
      expect(new Set(['IMAGE', ...given]), name).toEqual(declared);
    }
  });
});

describe('what the release does once the images are there', () => {
  let at: string;
  beforeAll(() => {
    at = mkdtempSync(join(tmpdir(), 'workflows-'));
    for (const part of ['chart', 'npm']) mkdirSync(join(at, 'release', part), { recursive: true });
    for (const file of ['chart/one.tgz', 'npm/two.tgz', 'bom.cdx.json', 'notes.md'])
      writeFileSync(join(at, 'release', file), '');
  });
  afterAll(() => rmSync(at, { recursive: true, force: true }));

  const follow = (step: string, program: string, environment: NodeJS.ProcessEnv): readonly string[] => {
    const calls = standInFor(program, join(at, 'bin'));
    runStep(step, at, { PATH: `${join(at, 'bin')}${delimiter}${process.env['PATH']}`, ...environment });
    return calls();
  };
  const digest = (digit: number): string => `sha256:${String(digit).repeat(64)}`;

  it('signs each by its digest, and attests what is bundled', () => {
    const [operator, agent, bundle, catalog] = ['operator', 'agent', 'operator-bundle', 'operator-catalog'].map(
      (name, index) => `registry.example/${name}@${digest(index)}`,
    );
    const images = { OPERATOR: operator, AGENT: agent, BUNDLE: bundle, CATALOG: catalog };
    const attest = 'attest --yes --type cyclonedx --predicate release/bom.cdx.json';
    expect(follow('Sign by digest', 'cosign', images)).toEqual([
      ...[operator, agent, bundle, catalog].map((image) => `sign --yes --recursive ${image}`),
      ...[operator, agent].map((image) => `${attest} ${image}`),
    ]);
  });

  it.each([
    ['v1.0.0', '--latest'],
    ['v1.0.0-rc.1', '--prerelease'],
  ])('makes of %s a release that is %s, with notes that name the digests', (tag, kind) => {
    const [call, ...more] = follow('Release', 'gh', {
      GITHUB_REF_NAME: tag,
      GITHUB_REPOSITORY: 'egressip-ipam/egressip-ipam',
      DIGEST: digest(1),
      AGENT_DIGEST: digest(2),
    });
    expect(more).toEqual([]);
    expect(call).toBe(
      `release create ${tag} ${kind} --repo egressip-ipam/egressip-ipam --verify-tag --notes-file release/notes.md release/chart/one.tgz release/npm/two.tgz release/bom.cdx.json`,
    );
    expect(readFileSync(join(at, 'release/notes.md'), 'utf8')).toContain(`operator@${digest(1)}\`, agent`);
  });
});
