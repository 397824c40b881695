import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { emptyRoster } from '../fencing/roster.ts';
import { StateFile } from './state-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'state-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('gives the next life who was counted, unless it counted by a newer roster than that', () => {
  const path = join(folder, 'state.json');
  const roster = { number: 7, generations: [{ since: 3, members: [{ node: 'a', address: '192.0.2.11', port: 1 }] }] };
  expect(new StateFile(path).readRoster({ counted: 0 })).toEqual(emptyRoster);
  new StateFile(path).writeRoster(roster);
  expect(new StateFile(path).readRoster({ counted: 7 })).toEqual(roster);
  // Whom roster 8 counts is not known, and a majority of fewer would be none.
  expect(new StateFile(path).readRoster({ counted: 8 })).toEqual(emptyRoster);
});
