import { parseAllDocuments } from 'yaml';

/** A Kubernetes object of a manifest, as far as the scripts and tests look. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
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

function isManifest(object: unknown): object is Manifest {
  return typeof object === 'object' && object !== null && 'kind' in object && 'apiVersion' in object;
}

/** `KIND/NAMESPACE/NAME`, which no two objects share. */
export function keyOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

/** Objects by {@link keyOf}, for comparing sets of them. */
export function byKey(objects: readonly Manifest[]): ReadonlyMap<string, Manifest> {
  return new Map(objects.map((object) => [keyOf(object), object]));
}
