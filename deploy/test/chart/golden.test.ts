import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { byKey, keyOf, parseManifests, type Manifest } from '../../src/objects/manifest.ts';
import { chartFolder, deployPath } from '../../src/paths.ts';
import { helmTemplate, runHelm } from '../../src/render/helm-template.ts';
import { helm4, helms } from '../support/helms.ts';
import { valueSets } from '../support/value-sets.ts';

/** The definition has its own tests, and 360 lines. */
const render = (helm: string, values: Readonly<Record<string, unknown>>): readonly Manifest[] =>
  parseManifests(helmTemplate(helm, { values })).filter(({ kind }) => kind !== 'CustomResourceDefinition');
const toText = (objects: readonly object[]): string => objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');

describe.skipIf(helm4 === '')('the chart (skipped without Helm 4)', () => {
  const byDefault = helm4 === '' ? new Map<string, Manifest>() : byKey(render(helm4, {}));

  // Each golden file has what the values change: objects as they become, and the names of those that go. `vitest run -u deploy` writes them.
  it.each(valueSets)('renders $name', async ({ name, values }) => {
    const objects = render(helm4, values);
    const keys = new Set(objects.map(keyOf));
    const changed = name === 'default' ? objects : objects.filter((object) => toText([object]) !== toText([byDefault.get(keyOf(object)) ?? {}]));
    const gone = [...byDefault.keys()].filter((key) => !keys.has(key));
    await expect(toText([...(gone.length > 0 ? [{ gone }] : []), ...changed])).toMatchFileSnapshot(`golden/${name}.yaml`);
  });
});

describe.each(helms)('with $name', ({ name, helm }) => {
  it.skipIf(helm === '')(`${helm === '' ? `(skipped: ${name} is not here) ` : ''}passes lint --strict with every set of values`, () => {
    for (const { values } of valueSets) expect(runHelm(helm, ['lint', '--strict', '--quiet', deployPath(chartFolder), '--values', '-'], JSON.stringify(values))).not.toMatch(/WARNING|ERROR/);
  });

  it.skipIf(helm === '' || helm === helm4)(`${helm === '' ? `(skipped: ${name} is not here) ` : ''}renders every set of values as Helm 4 does`, () => {
    for (const { values } of valueSets) expect(byKey(render(helm, values))).toEqual(byKey(render(helm4, values)));
  });
});
