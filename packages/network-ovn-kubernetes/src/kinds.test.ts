import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { network } from './network.ts';

describe.each(network.kinds.map((kind) => [kind.resource.kind, kind] as const))(
  'the reader of %s',
  (name, { read }) => {
    it('never throws, and gives a value or a finding, for any JSON', () => {
      const object = fc.oneof(
        fc.jsonValue(),
        fc.record({
          metadata: fc.record({ name: fc.string(), annotations: fc.jsonValue() }),
          spec: fc.jsonValue(),
          status: fc.jsonValue(),
        }),
      );
      fc.assert(
        fc.property(object, (value) => {
          const result = read(value);
          expect(result.ok || result.problems.length > 0).toBe(true);
          for (const problem of result.problems)
            expect(problem).toMatchObject({ code: 'InvalidObject', object: { kind: name } });
        }),
        { numRuns: 1250 },
      );
    });
  },
);
