import fc from 'fast-check';
import type { StructuralSchema } from '../../api-server/schema/structural-schema.ts';
import { createValidator } from '../../api-server/schema/validator.ts';

const texts = [
  '',
  'a',
  'n1',
  'Name',
  'default',
  'In',
  'Never',
  'https://a.example',
  'x'.repeat(40),
  'x'.repeat(300),
  '/dc/host/a',
  'a b',
  '10.0.0.1',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.0/24',
  '10.0.0.0/33',
  'fd00::1',
  'fd00::/64',
  'fd00.0000.0000.0000.0000.0000.0000.0001',
  'fd00:0:0:0:0:0:0:1/128',
  '2026-01-02T03:04:05Z',
  'Allow',
  'TCP',
  '*.a.example',
  'True',
  'rg-1',
];
const others = fc.constantFrom<unknown>(null, true, 1, 'text', [], ['a'], {}, { a: 1 });

/**
 * Values that a schema is likely to have an opinion about: most of them right in most places, some at an edge, some
 * wrong.
 */
export function objectsOf(schema: StructuralSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 40, arbitrary: rightType(schema) }, { weight: 1, arbitrary: others });
}

function rightType(schema: StructuralSchema): fc.Arbitrary<unknown> {
  const { type, items, properties, additionalProperties } = schema;
  if (type === 'array') return fc.array(objectsOf(items ?? {}), { maxLength: 3 });
  if (type === 'integer') return fc.constantFrom(...edges(schema));
  if (type === 'boolean') return fc.boolean();
  if (type === 'string')
    return fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...fitting(schema)) },
      { weight: 1, arbitrary: fc.constantFrom(...texts) },
    );
  if (typeof additionalProperties === 'object')
    return fc.dictionary(fc.constantFrom('a', 'b.c/d', '-'), objectsOf(additionalProperties), { maxKeys: 2 });
  return fields(properties ?? {}, schema);
}

function fields(
  properties: Readonly<Record<string, StructuralSchema>>,
  { required }: StructuralSchema,
): fc.Arbitrary<unknown> {
  const needed = new Set(Array.isArray(required) ? required : []);
  const entries = Object.entries(properties).map(([name, field]) => {
    const value = objectsOf(field);
    const left = needed.has(name) ? 1 : 12;
    return fc.oneof(
      { weight: 12, arbitrary: value.map((one) => [[name, one]]) },
      { weight: left, arbitrary: fc.constant([]) },
    );
  });
  const unknown = fc.oneof(
    { weight: 12, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: others.map((one) => [['unknown', one]]) },
  );
  return fc.tuple(...entries, unknown).map((all) => Object.fromEntries(all.flat() as [string, unknown][]));
}

function edges({ minimum, maximum }: StructuralSchema): number[] {
  const bounds = [minimum, maximum].filter((bound) => typeof bound === 'number');
  return [0, 1, -1, 2 ** 31, ...bounds.flatMap((bound) => [bound - 1, bound, bound, bound + 1])];
}

const known = new Map<string, readonly string[]>();

/** The texts that a schema accepts. */
function fitting(schema: StructuralSchema): readonly string[] {
  if (Object.keys(schema).length === 1) return texts;
  const key = JSON.stringify(schema);
  const found = known.get(key) ?? findFitting(schema);
  known.set(key, found);
  return found;
}

function findFitting(schema: StructuralSchema): readonly string[] {
  const accepts = createValidator(schema);
  const listed = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
  const right = [...listed, ...texts].filter((value) => accepts(value).length === 0);
  return right.length > 0 ? right : texts;
}
