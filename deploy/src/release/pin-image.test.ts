import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pinImage } from './pin-image.ts';

const digest = `registry.example/operator@sha256:${'0'.repeat(64)}`;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pin-'));
  mkdirSync(join(folder, 'manifests'));
  writeFileSync(
    join(folder, 'manifests/version.yaml'),
    'a: registry.example/operator:1.2.3\nb: registry.example/operator:1.2.3\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

it('names an image by its digest wherever its tag stood', () => {
  pinImage(folder, 'registry.example/operator:1.2.3', digest);
  expect(readFileSync(join(folder, 'manifests/version.yaml'), 'utf8')).toBe(`a: ${digest}\nb: ${digest}\n`);
});

it.each([
  ['an image that no file names', 'registry.example/other:1.2.3', digest, 'nothing in'],
  ['what is no digest', 'registry.example/operator', 'registry.example/operator@', 'names no image by its digest'],
])('refuses %s', (_, image, pinned, message) => {
  expect(() => pinImage(folder, image, pinned)).toThrow(message);
});
