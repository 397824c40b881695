import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingFields, neededFields } from './served-definition.ts';

interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: { readonly openAPIV3Schema: Parameters<typeof missingFields>[0] };
    }[];
  };
}

const schemaOf = (path: string): Parameters<typeof missingFields>[0] =>
  (parse(readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8')) as Definition).spec
    .versions[0]?.schema.openAPIV3Schema ?? {};

describe('the definition that is served', () => {
  it('lacks nothing where it is ours', () => {
    expect(missingFields(schemaOf('deploy/crds/redhatcop.redhat.io_egressipams.yaml'))).toEqual([]);
  });

  it("lacks what is new where it is the original's", () => {
    expect(missingFields(schemaOf('packages/operator/test/deploy/original-crd.yaml'))).toEqual(neededFields);
  });

  it('lacks nothing that it does not drop', () => {
    expect(missingFields({ 'x-kubernetes-preserve-unknown-fields': true })).toEqual([]);
  });
});
