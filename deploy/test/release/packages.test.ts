import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standInForNpm } from '../support/stand-in-for-npm.ts';
import { runStep } from '../support/workflow-step.ts';

describe('the packages of a release', () => {
  let folder: string;
  let npm: ReturnType<typeof standInForNpm>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'packages-'));
    for (const name of ['npm', 'package', 'home']) mkdirSync(join(folder, name));
    npm = standInForNpm(join(folder, 'bin'));
    for (const name of ['core', 'operator']) {
      writeFileSync(
        join(folder, 'package/package.json'),
        JSON.stringify({ name: `@egressip-ipam/${name}`, version: '1.0.0-rc.1' }),
      );
      execFileSync('tar', ['-czf', `npm/egressip-ipam-${name}-1.0.0-rc.1.tgz`, 'package'], { cwd: folder });
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const publish = (environment: NodeJS.ProcessEnv = {}): string =>
    runStep('Publish', folder, {
      PATH: `${npm.folder}${delimiter}${process.env['PATH']}`,
      HOME: join(folder, 'home'),
      GITHUB_REF_NAME: 'v1.0.0-rc.1',
      NPM_TOKEN: '',
      ...environment,
    });

  it('are published with provenance, to those who ask for the next', () => {
    publish();
    expect(npm.published()).toEqual([
      './npm/egressip-ipam-core-1.0.0-rc.1.tgz --access public --provenance --tag next',
      './npm/egressip-ipam-operator-1.0.0-rc.1.tgz --access public --provenance --tag next',
    ]);
    publish({ GITHUB_REF_NAME: 'v1.0.0' });
    expect(npm.published().at(-1)).toMatch(/--tag latest$/);
  });

  it('are published by a trusted publisher alone where there is no token', () => {
    publish();
    expect(existsSync(join(folder, 'home/.npmrc'))).toBe(false);
  });

  it('are published with the token where there is one, which is written nowhere', () => {
    publish({ NPM_TOKEN: 'npm_secret' });
    expect(readFileSync(join(folder, 'home/.npmrc'), 'utf8')).toBe('//registry.example/:_authToken=${NPM_TOKEN}\n');
  });

  it('go on where an attempt ended', () => {
    npm.has('@egressip-ipam/core@1.0.0-rc.1');
    expect(publish()).toContain('@egressip-ipam/core@1.0.0-rc.1 is published');
    expect(npm.published()).toEqual([expect.stringContaining('operator')]);
  });

  it('end the release where one is not taken', () => {
    npm.refuse();
    expect(() => publish()).toThrow();
    expect(npm.published()).toHaveLength(1);
  });
});
