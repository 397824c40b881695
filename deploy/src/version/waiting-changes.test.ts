import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../paths.ts';
import { readProject } from '../project.ts';
import { waitingChanges, whyChangesWait } from './waiting-changes.ts';

it('changesets wait until they are in the changelogs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'changesets-'));
  try {
    for (const name of ['README.md', 'config.json']) writeFileSync(join(folder, name), '');
    expect(whyChangesWait(waitingChanges(folder))).toEqual([]);
    writeFileSync(join(folder, 'a-change.md'), '');
    expect(whyChangesWait(waitingChanges(folder))).toEqual([
      'changesets wait in .changeset (1): pnpm set-version writes them into the changelogs',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a tag is refused while changes wait that its notes would not have', () => {
  const tag = `v${readProject().version}`;
  const { status, stderr } = spawnSync(process.execPath, ['deploy/src/version.ts', '--check', tag], {
    cwd: root,
    encoding: 'utf8',
  });
  const expected = whyChangesWait(waitingChanges());
  expect({ status, said: stderr.split('\n').slice(0, -1) }).toEqual({
    status: expected.length === 0 ? 0 : 1,
    said: expected,
  });
});
