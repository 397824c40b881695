import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingFields, mostReleases, neededFields, type Schema } from './served-definition.ts';

interface Definition {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

const schemaOf = (path: string): Schema =>
  (parse(readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8')) as Definition).spec
    .versions[0]?.schema.openAPIV3Schema ?? {};
const ours = schemaOf('deploy/crds/redhatcop.redhat.io_egressipams.yaml');
const originals = schemaOf('packages/operator/test/deploy/original-crd.yaml');

/** The fields of one schema that have none below them and that the other one has not. */
function fieldsBeyond(one: Schema, other: Schema | undefined, path: readonly string[] = []): readonly string[] {
  return Object.entries(propertiesOf(one) ?? {}).flatMap(([name, field]) => {
    const [known, own] = [propertiesOf(other)?.[name], [...path, name]];
    if (propertiesOf(field) !== undefined) return fieldsBeyond(field, known, own);
    return known === undefined ? [own.join('.')] : [];
  });
}

function propertiesOf(schema: Schema | undefined): Schema['properties'] {
  return (schema?.items ?? schema)?.properties;
}

const fieldAt = (schema: Schema, ...path: readonly string[]): Schema | undefined =>
  path.reduce<Schema | undefined>((at, name) => propertiesOf(at)?.[name], schema);

describe('the definition that is served', () => {
  it('lacks nothing where it is ours', () => {
    expect(missingFields(ours)).toEqual([]);
  });

  it('tells how many releases a status has room for', () => {
    expect(mostReleases(ours)).toBe(10_000);
    expect(mostReleases(originals)).toBeUndefined();
  });

  it('is asked for every field that ours has beyond the original', () => {
    expect(neededFields).toEqual(fieldsBeyond(ours, originals));
  });

  it("lacks what is new where it is the original's, the topmost fields", () => {
    const missing = missingFields(originals);
    expect(missing).toContain('status.cidrs');
    expect(missing).not.toContain('status.cidrs.carried');
    expect(neededFields.every((field) => missing.some((top) => field === top || field.startsWith(`${top}.`)))).toBe(
      true,
    );
  });

  it('lacks one field of an earlier one of ours', () => {
    const { carried: _carried, ...cidrFields } = fieldAt(ours, 'status', 'cidrs')?.items?.properties ?? {};
    const cidrs = { items: { properties: cidrFields } };
    const status = { properties: { ...fieldAt(ours, 'status')?.properties, cidrs } };
    const earlier = { properties: { ...ours.properties, status } };
    expect(missingFields(earlier)).toEqual(['status.cidrs.carried']);
  });

  it('lacks nothing that it does not drop', () => {
    expect(missingFields({ 'x-kubernetes-preserve-unknown-fields': true })).toEqual([]);
  });
});
