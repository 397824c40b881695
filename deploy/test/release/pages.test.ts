import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runStep } from '../support/workflow-step.ts';

/** Git as a runner has it: nobody's settings. */
const nobody = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '0',
  GIT_AUTHOR_NAME: undefined,
  GIT_AUTHOR_EMAIL: undefined,
  GIT_COMMITTER_NAME: undefined,
  GIT_COMMITTER_EMAIL: undefined,
};
const someone = ['-c', 'user.name=someone', '-c', 'user.email=someone@example.com'];

describe("the branch of the chart's repository and the documentation", () => {
  let folder: string;
  let origin: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pages-'));
    origin = join(folder, 'origin.git');
    git(folder, 'init', '--quiet', '--bare', origin);
    const source = checkout('source');
    writeFileSync(join(source, 'README.md'), 'sources');
    commit(source, 'HEAD:refs/heads/main');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made by the first release, without a history, and added to by the next', () => {
    expect(indexBefore('first')).toBeUndefined();
    publish('v1.0.0', { 'chart/one-1.0.0.tgz': 'one', 'chart/index.yaml': 'one', 'site/assets/app-1.js': '1' });
    expect(published()).toEqual(['.nojekyll', 'assets/app-1.js', 'index.yaml', 'one-1.0.0.tgz']);
    expect(() => git(origin, 'merge-base', 'main', 'gh-pages')).toThrow();

    expect(indexBefore('second')).toBe('one');
    publish('v1.1.0', { 'chart/one-1.1.0.tgz': 'two', 'chart/index.yaml': 'two', 'site/assets/app-2.js': '2' });
    expect(published()).toEqual(['.nojekyll', 'assets/app-2.js', 'index.yaml', 'one-1.0.0.tgz', 'one-1.1.0.tgz']);
    expect(git(origin, 'log', '--format=%s', 'gh-pages').split('\n')).toEqual([
      'Chart and documentation of v1.1.0',
      'Chart and documentation of v1.0.0',
      'Charts and documentation',
    ]);
  });

  it('may have been made by hand, with something else in it', () => {
    const made = checkout('made');
    writeFileSync(join(made, 'CNAME'), 'egressip-ipam.example.com');
    commit(made, 'HEAD:refs/heads/gh-pages');

    expect(indexBefore('first')).toBeUndefined();
    publish('v1.0.0', { 'chart/index.yaml': 'one', 'site/index.html': 'hello' });
    expect(published()).toEqual(['.nojekyll', 'CNAME', 'index.html', 'index.yaml']);
  });

  it('is published again by a second attempt', () => {
    for (const _attempt of [1, 2]) publish('v1.0.0', { 'chart/index.yaml': 'one', 'site/index.html': 'hello' });
    expect(published()).toEqual(['.nojekyll', 'index.html', 'index.yaml']);
  });

  it('ends the release where nobody can tell whether it is there: the charts before would leave the index', () => {
    const runner = checkout('cut-off');
    git(runner, 'remote', 'set-url', 'origin', join(folder, 'gone.git'));
    expect(() => runStep('The index of the charts', runner, nobody)).toThrow('gone.git');
    expect(() => runStep('The chart with its index', runner, nobody)).toThrow('gone.git');
  });

  function git(at: string, ...args: readonly string[]): string {
    return execFileSync('git', ['-C', at, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...nobody },
    }).trim();
  }

  /** A folder that has what `actions/checkout` makes. */
  function checkout(name: string): string {
    const at = join(folder, name);
    git(folder, 'init', '--quiet', at);
    git(at, 'remote', 'add', 'origin', origin);
    if (git(at, 'ls-remote', 'origin') !== '' && name !== 'made') {
      git(at, 'fetch', '--quiet', '--depth', '1', 'origin', 'refs/heads/main');
      git(at, 'checkout', '--quiet', '--detach', 'FETCH_HEAD');
    }
    return at;
  }

  function commit(at: string, to: string): void {
    git(at, 'add', '.');
    git(at, ...someone, 'commit', '--quiet', '--message', 'by hand');
    git(at, 'push', '--quiet', 'origin', to);
  }

  /** The index that a release begins with. */
  function indexBefore(name: string): string | undefined {
    const runner = checkout(`before-${name}`);
    runStep('The index of the charts', runner, nobody);
    const index = join(runner, 'index.yaml');
    return existsSync(index) ? readFileSync(index, 'utf8') : undefined;
  }

  function publish(tag: string, files: Readonly<Record<string, string>>): void {
    const runner = mkdtempSync(join(folder, 'runner-'));
    rmSync(runner, { recursive: true });
    checkout(runner.slice(folder.length + 1));
    for (const part of ['chart', 'site']) mkdirSync(join(runner, 'release', part), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(runner, 'release', path, '..'), { recursive: true });
      writeFileSync(join(runner, 'release', path), content);
    }
    runStep('The chart with its index', runner, { ...nobody, GITHUB_REF_NAME: tag });
  }

  function published(): readonly string[] {
    return git(origin, 'ls-tree', '-r', '--name-only', 'gh-pages').split('\n').sort();
  }
});
