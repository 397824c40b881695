import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManifests, readManifests, type Manifest } from './documents.ts';

interface Definition extends Manifest {
  readonly spec: {
    readonly names: unknown;
    readonly scope: string;
    readonly group: string;
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

function definition([object]: readonly Manifest[]): Definition {
  if (object?.kind !== 'CustomResourceDefinition') throw new Error('a CustomResourceDefinition is expected');
  // Both files are in this repository, and the API server's tests prove that they are definitions.
  return object as Definition;
}

const file = 'crds/redhatcop.redhat.io_egressipams.yaml';
const ours = definition(readManifests(file));
const originals = definition(
  parseManifests(readFileSync(fileURLToPath(new URL('original-crd.yaml', import.meta.url)), 'utf8')),
);

const compile = ({ spec }: Definition): ((object: unknown) => boolean) => {
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  return ajv.compile(spec.versions[0]?.schema.openAPIV3Schema ?? false);
};
const accepts = compile(ours);
const originalAccepts = compile(originals);

const octet = fc.integer({ min: 0, max: 260 });
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', '10.0.0.1', '10.0.0.1-10.0.0.9', 'zone-a', 'In', 'Sometimes', '10m', '-3'),
);
const cidr = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 34 }))
      .map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}/${prefix}`),
  },
  { weight: 1, arbitrary: text },
);
const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const selector = fc.record({
  matchLabels: optional(fc.dictionary(text, text, { maxKeys: 3 })),
  matchExpressions: optional(
    fc.array(fc.record({ key: text, operator: text, values: optional(fc.array(text, { maxLength: 3 })) }), {
      maxLength: 3,
    }),
  ),
});
const spec = fc.record(
  {
    topologyLabel: text,
    nodeSelector: selector,
    cidrAssignments: fc.array(
      fc.record(
        { CIDR: cidr, labelValue: text, reservedIPs: optional(fc.uniqueArray(text, { maxLength: 4 })) },
        { requiredKeys: ['CIDR'] },
      ),
      { maxLength: 4 },
    ),
  },
  { requiredKeys: [] },
);
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const egressIPAM = (value: object): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'EgressIPAM',
  metadata: { name: 'pool' },
  spec: value,
});
const withCidr = (CIDR: string): object =>
  egressIPAM({ topologyLabel: 'zone', cidrAssignments: [{ CIDR, labelValue: 'a' }] });

describe('the EgressIPAM definition', () => {
  it('names what the original names', () => {
    expect({ ...ours.spec, versions: undefined }).toEqual({ ...originals.spec, versions: undefined });
    expect(ours.spec.versions.map(({ name }) => name)).toEqual(originals.spec.versions.map(({ name }) => name));
  });

  it('accepts every spec that the original accepts', () => {
    let accepted = 0;
    fc.assert(
      fc.property(spec, (value) => {
        const object = withoutUndefined(egressIPAM(value));
        if (!originalAccepts(object)) return;
        accepted += 1;
        expect(accepts(object)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  it.each(['10.0.0.5/24', '0.0.0.0/0', '2001:db8::/64', '::/0', '2001:db8::ffff:10.0.0.0/120', 'FD00::1/128'])(
    'accepts the CIDR %s',
    (CIDR) => {
      expect(accepts(withCidr(CIDR))).toBe(true);
    },
  );

  it.each(['10.0.0.0', '10.0.0.0/33', '010.0.0.0/24', '2001:db8::', '2001:db8::/129', 'zone-a', ''])(
    'refuses the CIDR "%s"',
    (CIDR) => {
      expect(accepts(withCidr(CIDR))).toBe(false);
    },
  );

  it.each(['destinationCIDRs', 'excludedCIDRs'])('holds %s to CIDRs, 64 at the most', (field) => {
    const withList = (list: unknown): boolean =>
      accepts(egressIPAM({ topologyLabel: 'zone', cidrAssignments: [], [field]: list }));
    expect(withList([])).toBe(true);
    expect(withList(new Array(64).fill('10.0.0.0/8'))).toBe(true);
    expect(withList(['::/0', '203.0.113.7/32'])).toBe(true);
    for (const list of [['10.0.0.0'], ['10.0.0.0/33'], [1], 'x', new Array(65).fill('10.0.0.0/8')])
      expect(withList(list)).toBe(false);
  });

  it('describes every field, so that kubectl explain is a manual', () => {
    const undescribed: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { description, properties, items } = schema as {
        description?: unknown;
        properties?: object;
        items?: unknown;
      };
      if (typeof description !== 'string' && !path.endsWith('[]') && !path.endsWith('.metadata'))
        undescribed.push(path);
      for (const [name, property] of Object.entries(properties ?? {})) visit(property, `${path}.${name}`);
      if (items !== undefined) visit(items, `${path}[]`);
    };
    visit(ours.spec.versions[0]?.schema.openAPIV3Schema, 'EgressIPAM');
    expect(undescribed).toEqual([]);
  });
});
