import { describe, expect, it } from 'vitest';
import { compileSelector } from './label-selector.ts';
import { ObjectReader } from './object-reader.ts';
import { readRivalSelector } from './read-rival-selector.ts';

function read(selector: object) {
  const reader = new ObjectReader({ metadata: { name: 'rival' }, spec: { selector } }, 'Egress');
  return { selector: readRivalSelector(reader, 'spec', 'selector'), problems: reader.problems };
}

function selects(selector: object, labels: Readonly<Record<string, string>>): boolean {
  const compiled = compileSelector(read(selector).selector ?? {});
  return compiled.ok && compiled.matches(labels);
}

const many = Array.from({ length: 20_000 }, (_, index) => `team-${index}`);

describe('the selector of somebody else', () => {
  it('is kept as it is while it is of a length that people write', () => {
    const selector = {
      matchLabels: { team: 'red' },
      matchExpressions: [{ key: 'tier', operator: 'In', values: many.slice(0, 200) }],
    };
    expect(read(selector)).toEqual({ selector, problems: [] });
  });

  it.each([
    ['values of In', { matchExpressions: [{ key: 'team', operator: 'In', values: many }] }],
    ['values of NotIn', { matchExpressions: [{ key: 'team', operator: 'NotIn', values: many }] }],
    ['expressions', { matchExpressions: many.map((key) => ({ key, operator: 'Exists' })) }],
    ['labels', { matchLabels: Object.fromEntries(many.map((key) => [key, 'x'])) }],
  ])('with %s without end is short, says so, and selects more than it does', (_what, selector) => {
    const { selector: kept, problems } = read(selector);
    expect(JSON.stringify(kept).length).toBeLessThan(20_000);
    expect(problems).toMatchObject([{ field: 'spec.selector', message: expect.stringContaining('are left out') }]);
    const all = Object.fromEntries(many.map((key) => [key, 'x']));
    for (const team of ['team-19999', 'blue']) {
      const full = compileSelector(selector);
      const labels = { ...all, team };
      if (full.ok && full.matches(labels)) expect(selects(selector, labels)).toBe(true);
    }
  });

  it('keeps no text that is too long for a label, and selects the same without it', () => {
    const long = 'x'.repeat(1_000_000);
    const selector = { matchExpressions: [{ key: 'team', operator: 'NotIn', values: [long, 'red'] }] };
    expect(JSON.stringify(read(selector).selector).length).toBeLessThan(100);
    expect(selects(selector, { team: 'blue' })).toBe(true);
    expect(selects(selector, { team: 'red' })).toBe(false);
    expect(selects({ matchLabels: { team: long } }, { team: 'red' })).toBe(false);
  });
});
