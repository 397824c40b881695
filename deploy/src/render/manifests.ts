import { createPatch } from 'rfc6902';
import { parse, stringify } from 'yaml';
import { releaseName } from '../paths.ts';
import { mergeValues } from '../objects/values.ts';
import { baseValues, components, type Component } from './components.ts';
import { helmTemplate } from './helm-template.ts';
import { splitBySource } from './split-sources.ts';

/** Texts by their path below `deploy`. */
export type Files = ReadonlyMap<string, string>;

/** What a component may change of the base, beside what it adds. */
const patchable = new Map([
  ['deployment.yaml', { group: 'apps', kind: 'Deployment', name: releaseName }],
  ['agent/daemon-set.yaml', { group: 'apps', kind: 'DaemonSet', name: `${releaseName}-agent` }],
  ['namespace.yaml', { kind: 'Namespace', name: releaseName }],
]);
const generated = '# Made from the chart: node deploy/src/render.ts\n';

/**
 * The kustomization `manifests` and its components, from the chart.
 *
 * @throws Error when a component would need more than additions
 */
export function renderManifests(helm: string): Files {
  const base = splitBySource(helmTemplate(helm, { values: baseValues }));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../crds', ...[...base.keys()].map(fileName)],
  };
  return new Map([
    ...inFolder('manifests', base),
    ['manifests/kustomization.yaml', generated + stringify(kustomization)],
    ...components.flatMap((component) => renderComponent(helm, component, base)),
  ]);
}

function renderComponent(
  helm: string,
  { name, values, above }: Component,
  manifests: Files,
): readonly (readonly [string, string])[] {
  const base =
    above === undefined
      ? manifests
      : new Map(
          above.flatMap((other) => [...splitBySource(helmTemplate(helm, { values: mergeValues(baseValues, other) }))]),
        );
  const all = splitBySource(helmTemplate(helm, { values: mergeValues(baseValues, values) }));
  const changed = [...all].filter(([path, text]) => base.get(path) !== text);
  const added = changed
    .filter(([path]) => !base.has(path))
    .map(([path, text]) => [path.replace(`${name}/`, ''), text] as const);
  const other = changed.find(([path]) => base.has(path) && !patchable.has(path));
  if (other !== undefined)
    throw new Error(
      `component ${name} changes ${other[0]}: it may add objects and change ${[...patchable.values()].map(({ kind }) => kind).join(', ')}, no more`,
    );
  const patches = [...patchable].flatMap(([path, target]) =>
    !base.has(path) || all.get(path) === base.get(path)
      ? []
      : [{ target, patch: patchOf(base.get(path), all.get(path)) }],
  );
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    ...(added.length === 0 ? {} : { resources: added.map(([path]) => fileName(path)) }),
    ...(patches.length === 0 ? {} : { patches }),
  };
  const folder = `manifests/optional/${name}`;
  return [...inFolder(folder, new Map(added)), [`${folder}/kustomization.yaml`, generated + stringify(kustomization)]];
}

/** A JSON patch from one object to another; what is put at the end of a list is put there wherever the list ends. */
function patchOf(from: string | undefined, to: string | undefined): string {
  const before: unknown = parse(from ?? '');
  return stringify(
    createPatch(before, parse(to ?? '')).map((operation) => {
      const end = /^(.*)\/(\d+)$/.exec(operation.path);
      return operation.op === 'add' && end !== null && lengthAt(before, end[1] ?? '') === Number(end[2])
        ? { ...operation, path: `${end[1]}/-` }
        : operation;
    }),
  );
}

function lengthAt(document: unknown, path: string): number | undefined {
  const list = path
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined,
      document,
    );
  return Array.isArray(list) ? list.length : undefined;
}

function inFolder(folder: string, files: Files): readonly (readonly [string, string])[] {
  return [...files].map(([path, text]) => [`${folder}/${fileName(path)}`, generated + text]);
}

function fileName(path: string): string {
  return path.replaceAll('/', '-');
}
