import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

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

/**
 * The objects that `kubectl apply -k` of a folder below `deploy` would send, for kustomizations that only list
 * resources.
 */
export function readKustomization(folder: string): readonly Manifest[] {
  const [kustomization] = readManifests(`${folder}/kustomization.yaml`);
  const resources = kustomization?.['resources'];
  if (!Array.isArray(resources)) throw new Error(`deploy/${folder}/kustomization.yaml lists no resources`);
  return resources
    .map(String)
    .flatMap((resource) =>
      resource.endsWith('.yaml') ? readManifests(`${folder}/${resource}`) : readKustomization(`${folder}/${resource}`),
    );
}
