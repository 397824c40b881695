import { describe, expect, it } from 'vitest';
import { compileSelector } from './label-selector.ts';
import type { LabelSelector } from './snapshot.ts';

const labels = { zone: 'a', role: '' };

describe('compileSelector', () => {
  it.each<[LabelSelector, boolean]>([
    [{}, true],
    [{ matchLabels: { zone: 'a' } }, true],
    [{ matchLabels: { zone: 'a', role: 'x' } }, false],
    [{ matchLabels: { toString: 'x' } }, false],
    [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }, true],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, false],
    [{ matchExpressions: [{ key: 'absent', operator: 'NotIn', values: ['a'] }] }, true],
    [{ matchExpressions: [{ key: 'absent', operator: 'In', values: [''] }] }, false],
    [{ matchExpressions: [{ key: 'role', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'role', operator: 'DoesNotExist' }] }, false],
    [{ matchLabels: { zone: 'a' }, matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, false],
  ])('%j matches: %j', (selector, expected) => {
    const compiled = compileSelector(selector);
    expect(compiled.ok && compiled.matches(labels)).toBe(expected);
    expect(compiled.ok).toBe(true);
  });

  it.each([
    { key: 'zone', operator: 'In' },
    { key: 'zone', operator: 'NotIn', values: [] },
    { key: 'zone', operator: 'Exists', values: ['a'] },
    { key: 'zone', operator: 'Gt', values: ['1'] },
  ])('refuses %j and names the label', (requirement) => {
    const compiled = compileSelector({ matchExpressions: [requirement] });
    expect(compiled.ok ? '' : compiled.problem).toContain('"zone"');
  });
});
