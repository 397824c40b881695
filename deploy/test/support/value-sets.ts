import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { deployPath } from '../../src/paths.ts';
import type { Values } from '../../src/objects/values.ts';

/** Values that people give, by name: the files in `test/chart/sets`. */
export const valueSets: readonly { readonly name: string; readonly values: Values }[] = readdirSync(
  deployPath('test/chart/sets'),
).map((file) => ({
  name: basename(file, '.yaml'),
  values: parse(readFileSync(deployPath(`test/chart/sets/${file}`), 'utf8')) as Values,
}));
