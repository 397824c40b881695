import { describe, expect, it } from 'vitest';
import { compileSelector } from './label-selector.ts';
import { ObjectReader } from './object-reader.ts';
import { readSelector } from './read-selector.ts';
import type { LabelSelector } from './snapshot.ts';

function read(nodeSelector: unknown): { readonly selector: LabelSelector | undefined; readonly fields: unknown } {
  const reader = new ObjectReader({ metadata: { name: 'pool' }, spec: { nodeSelector } }, 'EgressIPAM');
  const selector = readSelector(reader, 'spec', 'nodeSelector');
  return { selector, fields: reader.problems.map(({ field }) => field) };
}

describe('a selector', () => {
  it('is read with what it requires; one that requires nothing is one, too, and where there is none there is none', () => {
    const matchLabels = { role: 'egress' };
    const matchExpressions = [
      { key: 'zone', operator: 'In', values: ['a', 'b'] },
      { key: 'gone', operator: 'DoesNotExist' },
    ];
    expect(read({ matchLabels, matchExpressions })).toEqual({
      selector: { matchLabels, matchExpressions },
      fields: [],
    });
    expect(read({ matchLabels: {}, matchExpressions: [] })).toEqual({ selector: {}, fields: [] });
    expect(read(undefined)).toEqual({ selector: undefined, fields: [] });
    expect(read(null)).toEqual({ selector: undefined, fields: [] });
  });

  it.each<readonly [string, unknown, string]>([
    ['no map', 'role=egress', 'spec.nodeSelector'],
    ['a label that is no text', { matchLabels: { role: 'egress', zone: 1 } }, 'spec.nodeSelector.matchLabels.zone'],
    ['expressions that are no list', { matchExpressions: {} }, 'spec.nodeSelector.matchExpressions'],
    [
      'an expression without a key',
      { matchExpressions: [{ operator: 'Exists' }] },
      'spec.nodeSelector.matchExpressions[0]',
    ],
    [
      'a value that is no text',
      { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a', 1] }] },
      'spec.nodeSelector.matchExpressions[0].values[1]',
    ],
  ])('with %s selects nothing, rather than more than its author meant', (_what, value, field) => {
    const { selector, fields } = read(value);
    expect(fields).toContain(field);
    expect(compileSelector(selector ?? {}).ok).toBe(false);
  });
});
