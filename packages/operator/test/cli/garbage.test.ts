import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './run-cli.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const example = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../examples/${path}`, import.meta.url)), 'utf8');
const clusters = ['addresses-as-input', 'ovn-kubernetes', 'bare-metal-one-cidr'].map(
  (name) => parse(example(`${name}/cluster.yaml`)) as { items: Json[] },
);
const objects = [
  ...clusters.flatMap(({ items }) => items),
  JSON.parse(example('aws-three-zones/provider-observation.json')) as Json,
];

const garbage = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<Json>(null, 0, -1, '', [], {}, true, [null], [{}], '10.0.0.0/33', '::'),
) as fc.Arbitrary<Json>;

/** Puts something else in the place of one value, wherever the numbers lead. */
function spoil(value: Json, way: readonly number[], something: Json): Json {
  const [turn = 0, ...rest] = way;
  if (way.length === 0 || typeof value !== 'object' || value === null) return something;
  const entries = Object.entries(value);
  const chosen = entries[turn % Math.max(1, entries.length)];
  if (chosen === undefined) return something;
  const spoiled = spoil(chosen[1], rest, something);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === chosen[0] ? spoiled : item));
  return { ...value, [chosen[0]]: spoiled };
}

const ways = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 });
const changes = fc.array(fc.tuple(fc.nat(), ways, garbage), { minLength: 1, maxLength: 4 });

describe('garbage in the input never stops a command', () => {
  it.each(['plan', 'check', 'simulate'])(
    '%s of objects with anything anywhere',
    async (command) => {
      await fc.assert(
        fc.asyncProperty(changes, async (list) => {
          const items = list.reduce<Json[]>(
            (all, [index, way, something]) =>
              all.map((object, position) => (position === index % all.length ? spoil(object, way, something) : object)),
            objects,
          );
          const result = await runCli([command, '-', '-o', 'json'], { input: JSON.stringify(items) });
          expect([0, 2], result.error).toContain(result.code);
          expect(JSON.parse(result.out)).toMatchObject({ formatVersion: command === 'plan' ? 2 : 1 });
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  it('any text is refused or read, and never a stack trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (input) => {
        const { code, error } = await runCli(['plan', '-'], { input });
        expect([0, 1, 2], error).toContain(code);
        expect(error).not.toMatch(/^ {4}at /m);
      }),
      { numRuns: 1000 },
    );
  });
});
