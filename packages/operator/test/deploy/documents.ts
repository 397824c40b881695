import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

/** A Kubernetes object of a manifest, as far as these tests look. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** The path of a file below the repository's `deploy`. */
export function deployPath(path: string): string {
  return fileURLToPath(new URL(`../../../../deploy/${path}`, import.meta.url));
}

/** The objects of YAML text. @throws Error with the first syntax error */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const object: unknown = document.toJS();
    return isManifest(object) ? [object] : [];
  });
}

/** The objects of a file below `deploy`. */
export function readManifests(path: string): readonly Manifest[] {
  return parseManifests(readFileSync(deployPath(path), 'utf8'));
}

function isManifest(object: unknown): object is Manifest {
  return typeof object === 'object' && object !== null && 'kind' in object && 'apiVersion' in object;
}

/** The objects that `kubectl apply -k` of a folder below `deploy` would send, for kustomizations that only list resources. */
export function readKustomization(folder: string): readonly Manifest[] {
  const [kustomization] = readManifests(`${folder}/kustomization.yaml`);
  const resources = kustomization?.['resources'];
  if (!Array.isArray(resources)) throw new Error(`deploy/${folder}/kustomization.yaml lists no resources`);
  return resources.map(String).flatMap((resource) => (resource.endsWith('.yaml') ? readManifests(`${folder}/${resource}`) : readKustomization(`${folder}/${resource}`)));
}

/** The Deployment as a component of the kustomization leaves it: its JSON patches only add. */
export function patchedDeployment(deployment: Manifest, component: string): Manifest {
  const patched = structuredClone(deployment);
  const [kustomization] = readManifests(`${component}/kustomization.yaml`);
  for (const { patch } of (kustomization?.['patches'] ?? []) as readonly { readonly patch: string }[]) {
    for (const { op, path, value } of parse(patch) as readonly { readonly op: string; readonly path: string; readonly value: unknown }[]) {
      if (op !== 'add') throw new Error(`deploy/${component}/kustomization.yaml: ${op} at ${path}; only add is expected`);
      add(patched, path.split('/').slice(1), value);
    }
  }
  return patched;
}

function add(target: unknown, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (Array.isArray(target) && key === '-') target.push(value);
  else if (typeof target !== 'object' || target === null) throw new Error(`there is nothing to add ${key} to`);
  else if (rest.length === 0) Object.assign(target, { [key]: value });
  else add((target as Readonly<Record<string, unknown>>)[key], rest, value);
}
