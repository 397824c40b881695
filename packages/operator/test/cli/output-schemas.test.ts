import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './run-cli.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const clusters = readdirSync(join(root, 'examples')).filter((name) =>
  readdirOrNone(join(root, 'examples', name)).includes('cluster.yaml'),
);

function readdirOrNone(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function schema(name: string): object {
  return JSON.parse(readFileSync(join(root, `docs/schemas/${name}.schema.json`), 'utf8'));
}

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
const validators = Object.fromEntries(
  ['plan', 'explanation', 'check-report', 'simulation', 'provider-observation'].map((name) => [
    name,
    ajv.compile(schema(name)),
  ]),
);

function expectValid(name: string, value: unknown): void {
  const validate = validators[name];
  expect(validate?.(value), JSON.stringify(validate?.errors?.slice(0, 3))).toBe(true);
}

it('schemas define what they share alike', () => {
  const definitions = ['plan', 'explanation', 'check-report', 'simulation'].flatMap((name) =>
    Object.entries((schema(name) as { readonly $defs?: object }).$defs ?? {}),
  );
  for (const [name, definition] of definitions)
    for (const [other, twin] of definitions) if (name === other) expect(twin, name).toEqual(definition);
});

describe.each(clusters)('the output for examples/%s follows its schema', (cluster) => {
  const folder = join(root, 'examples', cluster);

  it.each([
    ['plan', ['plan']],
    ['check-report', ['check']],
    ['explanation', ['explain', 'egressipam/office']],
    ['explanation', ['explain', '10.0.0.1']],
    ['explanation', ['explain', 'namespace/billing']],
    ['explanation', ['explain', 'node/worker-1']],
    ['simulation', ['simulate']],
  ])('%s: %j', async (name, args) => {
    const json = await runCli([...args, folder, '-o', 'json']);
    expectValid(name, JSON.parse(json.out));
    const yaml = await runCli([...args, folder, '-o', 'yaml']);
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
    // Readers of YAML that know no anchors must be able to read it.
    expect(yaml.out).not.toMatch(/[:-] [&*]a\d/);
  });
});

it('the schemas refuse what is missing and what they do not know', async () => {
  const { out } = await runCli(['plan', join(root, 'examples/ovn-kubernetes'), '-o', 'json']);
  const { steps, ...rest } = JSON.parse(out);
  expect(validators['plan']?.(rest)).toBe(false);
  expect(validators['plan']?.({ ...rest, steps, more: 1 })).toBe(false);
});

it('the observation of the example follows its schema', () => {
  expectValid(
    'provider-observation',
    JSON.parse(readFileSync(join(root, 'examples/aws-three-zones/provider-observation.json'), 'utf8')),
  );
});
