import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sharedFolder } from '../../../../tools/testing/shared-folder.ts';
import { unless } from '../../../../tools/testing/unless.ts';
import { cloneJson, isRecord } from '../api-server/api-object.ts';
import { createApiServer } from '../api-server/index.ts';
import { applyDefaults } from '../api-server/schema/defaults.ts';
import { findDuplicateItems } from '../api-server/schema/list-types.ts';
import { pruneUnknownFields } from '../api-server/schema/prune.ts';
import type { StructuralSchema } from '../api-server/schema/structural-schema.ts';
import { createValidator } from '../api-server/schema/validator.ts';
import { networkCrds } from './index.ts';
import { objectsOf } from './testing/objects-of.ts';

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: StructuralSchema } }[];
  };
}

const folder = sharedFolder('crds');
const files = folder !== undefined ? readdirSync(folder).filter((file) => !file.startsWith('redhatcop')) : [];
const originals = files.flatMap((file) =>
  parseAllDocuments(readFileSync(`${folder}/${file}`, 'utf8')).map((document) => document.toJS() as Definition),
);
const ours = new Map(Object.values(networkCrds).map((crd) => [crd.metadata.name, crd as unknown as Definition]));
const pairs = originals
  .filter(({ metadata }) => ours.has(metadata.name))
  .map((original) => ({ name: original.metadata.name, original, own: ours.get(original.metadata.name) ?? original }));
const schemaOf = ({ spec }: Definition): StructuralSchema => spec.versions[0]?.schema.openAPIV3Schema ?? {};

/** What every object has, and an API server looks at by itself. */
const identity = { apiVersion: 'a/v1', kind: 'A', metadata: { name: 'a' } };

it.each(Object.entries(networkCrds))('%s: is served', async (plural, crd) => {
  const server = await createApiServer({ crds: [crd] });
  const { group, versions } = crd['spec'] as { group: string; versions: { name: string }[] };
  const answer = await fetch(`${server.url}/apis/${group}/${versions[0]?.name}/${plural}`);
  expect(answer.status).toBe(200);
  await server.stop();
});

describe(
  'the same as the original definitions',
  unless(pairs.length === 0, "the networks' own definitions are not in ../shared/crds"),
  () => {
    it('has one for each of ours', () => {
      expect(pairs.map(({ name }) => name).sort()).toEqual([...ours.keys()].sort());
    });

    it.each(pairs)('$name: fields, types, bounds, patterns, rules and columns', ({ original, own }) => {
      expect(facts(own.spec)).toEqual(facts(original.spec));
    });

    it.each(pairs)(
      '$name: accepts, refuses, completes and prunes generated objects alike',
      ({ original, own }) => {
        const [originally, byUs] = [outcomeBy(schemaOf(original)), outcomeBy(schemaOf(own))];
        const outcomes = { accepted: 0, refused: 0 };
        const objects = fc
          .oneof(objectsOf(schemaOf(original)), objectsOf(schemaOf(own)))
          .map((object) => (isRecord(object) ? { ...object, ...identity } : object));
        fc.assert(
          fc.property(objects, (object) => {
            const outcome = byUs(object);
            expect(outcome).toEqual(originally(object));
            outcomes[outcome.errors.length === 0 ? 'accepted' : 'refused'] += 1;
          }),
          { numRuns: 100 },
        );
        expect(outcomes.accepted).toBeGreaterThan(0);
        expect(outcomes.refused).toBeGreaterThan(10);
      },
      120_000,
    );
  },
);

/** What the sandbox makes of an object by a schema. */
function outcomeBy(
  schema: StructuralSchema,
): (object: unknown) => { readonly errors: readonly string[]; readonly kept: unknown } {
  const validate = createValidator(schema);
  return (object) => {
    const kept = cloneJson(object);
    if (isRecord(kept)) pruneUnknownFields(kept, schema);
    applyDefaults(kept, schema);
    const errors = [...validate(kept), ...findDuplicateItems(kept, schema)];
    return { errors: errors.map(({ field, reason }) => `${field} ${reason}`).sort(), kept };
  };
}

/** A definition without words, and without what says nothing: an empty `subresources`, an implied `listKind`. */
function facts(spec: unknown): unknown {
  const { names, versions, ...rest } = spec as { names: Record<string, unknown>; versions: Record<string, unknown>[] };
  return {
    ...rest,
    names: { listKind: `${String(names['kind'])}List`, ...names },
    versions: versions.map(({ schema, subresources = {}, ...version }) => {
      const { properties, ...root } = withoutWords((schema as Record<string, unknown>)['openAPIV3Schema']) as {
        properties: object;
      };
      const always = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };
      return {
        ...(withoutWords(version) as object),
        subresources,
        schema: { ...root, properties: { ...always, ...properties } },
      };
    }),
  };
}

function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]): [string, unknown][] => {
      if (['description', 'message'].includes(key) && typeof field === 'string') return [];
      // Names of fields are no keywords: there is one that is called `message`.
      if (key === 'properties' && isRecord(field))
        return [[key, Object.fromEntries(Object.entries(field).map(([name, one]) => [name, withoutWords(one)]))]];
      return [[key, key === 'required' && Array.isArray(field) ? [...field].sort() : withoutWords(field)]];
    }),
  );
}
