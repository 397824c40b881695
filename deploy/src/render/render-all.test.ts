import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { unless } from '../../../tools/testing/unless.ts';
import { byKey, parseManifests, type Manifest } from '../objects/manifest.ts';
import { mergeValues, type Values } from '../objects/values.ts';
import { deployPath, releaseName } from '../paths.ts';
import { noHelm, noKubectl } from '../../test/support/helms.ts';
import { findTool } from '../toolbox/find-tool.ts';
import { baseValues, components } from './components.ts';
import { helmTemplate } from './helm-template.ts';
import { renderAll, renderedFolders } from './render-all.ts';

const helm = findTool('helm4') ?? '';
const kubectl = findTool('kubectl') ?? '';

describe('what is made from the chart', unless(helm === '', noHelm), () => {
  it('is what is committed; `pnpm render` makes it anew', { timeout: 120_000 }, () => {
    const files = renderAll(helm);
    for (const [path, text] of files)
      expect(existsSync(deployPath(path)) ? readFileSync(deployPath(path), 'utf8') : 'missing', path).toBe(text);
    const committed = renderedFolders
      .flatMap((folder) =>
        readdirSync(deployPath(folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
      )
      .filter((path) => path.endsWith('.yaml'));
    expect(committed.filter((path) => !files.has(path))).toEqual([]);
  });
});

describe('kubectl kustomize', unless(helm === '' || kubectl === '', noKubectl), () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
    symlinkSync(deployPath(), join(folder, 'deploy'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const build = (names: readonly string[]): ReadonlyMap<string, Manifest> => {
    const target = join(folder, 'overlay');
    mkdirSync(target, { recursive: true });
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['../deploy/manifests'],
      components: names.map((name) => `../deploy/manifests/optional/${name}`),
    };
    writeFileSync(join(target, 'kustomization.yaml'), stringify(kustomization));
    return comparable(parseManifests(execFileSync(kubectl, ['kustomize', target], { encoding: 'utf8' })));
  };
  const rendered = (values: Values): ReadonlyMap<string, Manifest> =>
    comparable(parseManifests(helmTemplate(helm, { values: mergeValues(baseValues, values) })));

  it('makes the objects of the chart', () => {
    expect(build([])).toEqual(rendered({}));
  });

  it('makes those of the chart with all components', () => {
    expect(build(components.map(({ name }) => name))).toEqual(
      rendered(components.reduce<Values>((all, { values }) => mergeValues(all, values), {})),
    );
  });
});

/** Objects without the definition, which `crds` has as it is, and without the label that is Helm's. */
function comparable(objects: readonly Manifest[]): ReadonlyMap<string, Manifest> {
  const own = objects
    .filter(({ kind }) => kind !== 'CustomResourceDefinition')
    .map((object) => {
      const { ['app.kubernetes.io/managed-by']: _helm, ...labels } = object.metadata.labels ?? {};
      return { ...object, metadata: { ...object.metadata, labels } };
    });
  expect(own.map(({ metadata }) => metadata.name)).toContain(releaseName);
  return byKey(own);
}
