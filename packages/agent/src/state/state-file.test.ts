import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
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

it('takes away what it cannot write anew, says so once, and goes on once it can', () => {
  const path = join(folder, 'state.json');
  const state = { bootID: 'boot', own: [], counted: 1, acknowledged: 1 };
  const told: unknown[] = [];
  const file = new StateFile(path, (error) => told.push(error));
  file.write({ ...state, heldUntil: 1 });
  // Nothing can be written there.
  mkdirSync(`${path}.new`);
  for (const heldUntil of [2, 3]) file.write({ ...state, heldUntil });
  expect([new StateFile(path).read('boot'), told.length]).toEqual([undefined, 1]);
  rmdirSync(`${path}.new`);
  file.write({ ...state, heldUntil: 3 });
  expect(new StateFile(path).read('boot')).toEqual({ ...state, heldUntil: 3 });
});
