import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { unless } from '../../../tools/testing/unless.ts';
import { byKey, keyOf, parseManifests, type Manifest } from '../../src/objects/manifest.ts';
import type { Values } from '../../src/objects/values.ts';
import { chartFolder, deployPath } from '../../src/paths.ts';
import { readProject } from '../../src/project.ts';
import { helmTemplate, runHelm } from '../../src/render/helm-template.ts';
import { helm4, helms, noHelm } from '../support/helms.ts';
import { valueSets } from '../support/value-sets.ts';

/** The definition and the policies of the guard are files put in as they are, with tests of their own. */
const asTheyAre = new Set(['CustomResourceDefinition', 'ValidatingAdmissionPolicy']);
const rendered = new Map<string, readonly Manifest[]>();
function render(helm: string, values: Values): readonly Manifest[] {
  const key = JSON.stringify([helm, values]);
  const objects =
    rendered.get(key) ?? parseManifests(helmTemplate(helm, { values })).filter(({ kind }) => !asTheyAre.has(kind));
  rendered.set(key, objects);
  return objects;
}
/** Objects as text, without the version: a release changes no golden file. */
const version = new RegExp(`(?<![\\d.])${readProject().version.replaceAll('.', '\\.')}(?![\\d.])`, 'g');
const toText = (objects: readonly object[]): string =>
  objects
    .map((object) => stringify(object, { lineWidth: 0 }))
    .join('---\n')
    .replaceAll(version, 'VERSION');

describe('the chart', unless(helm4 === '', noHelm), () => {
  const byDefault = helm4 === '' ? new Map<string, Manifest>() : byKey(render(helm4, {}));

  // Each golden file has what the values change: objects as they become, and the names of those that go.
  // `vitest run -u deploy` writes them.
  it.each(valueSets)('renders $name', async ({ name, values }) => {
    const objects = render(helm4, values);
    const keys = new Set(objects.map(keyOf));
    const changed =
      name === 'default'
        ? objects
        : objects.filter((object) => toText([object]) !== toText([byDefault.get(keyOf(object)) ?? {}]));
    const gone = [...byDefault.keys()].filter((key) => !keys.has(key));
    await expect(toText([...(gone.length > 0 ? [{ gone }] : []), ...changed])).toMatchFileSnapshot(
      `golden/${name}.yaml`,
    );
  });
});

it.each(helms)(
  'passes lint --strict, with $name',
  unless(
    helms.some(({ helm }) => helm === ''),
    noHelm,
  ),
  ({ helm }) => {
    const everything = {
      guard: { enabled: true },
      agent: { enabled: true },
      aws: { enabled: true },
      nodeProbe: { enabled: true },
      guardUnassigned: { enabled: true },
      networkPolicy: { enabled: true },
      monitoring: { enabled: true },
      openshift: true,
    };
    for (const values of [{}, everything])
      expect(
        runHelm(
          helm,
          ['lint', '--strict', '--quiet', deployPath(chartFolder), '--values', '-'],
          JSON.stringify(values),
        ),
      ).not.toMatch(/WARNING|ERROR/);
  },
);

it(
  'renders with Helm 3 as with Helm 4',
  {
    timeout: 120_000,
    ...unless(
      helms.some(({ helm }) => helm === ''),
      noHelm,
    ),
  },
  () => {
    const [first, ...others] = helms.map(({ helm }) => valueSets.map(({ values }) => byKey(render(helm, values))));
    for (const other of others) expect(other).toEqual(first);
  },
);
