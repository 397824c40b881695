import type { ApiObject } from '../api-object.ts';
import type { NameRule } from '../metadata/names.ts';
import type { FieldError } from '../schema/field-error.ts';
import type { StructuralSchema } from '../schema/structural-schema.ts';
import type { SchemaValidator } from '../schema/validator.ts';

/** The parts of an object that have a path, and rights, of their own. */
export type Subresource = 'status' | 'finalize';

/** One version of one resource: what the server must know to serve it. */
export interface ResourceDefinition {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Names the collection in the store: the same for all versions of a resource. */
  readonly storageKey: string;
  /** Whether it comes from a CustomResourceDefinition. */
  readonly custom: boolean;
  readonly subresources: ReadonlySet<Subresource>;
  /** Whether a PUT may leave out the resourceVersion. */
  readonly updatesUnconditionally: boolean;
  /** Whether a PUT of a name that is not there creates it. */
  readonly createsOnUpdate: boolean;
  /** Whether `metadata.generation` counts the changes. */
  readonly countsGenerations: boolean;
  readonly nameRule: NameRule;
  /** For pruning, defaults, duplicates and field ownership. */
  readonly schema: StructuralSchema;
  /** {@link schema} with metadata in it. */
  readonly ownershipSchema: StructuralSchema;
  /** Types, patterns, bounds. */
  readonly validateSchema: SchemaValidator;
  /** What no schema says. */
  readonly validate: (object: ApiObject) => FieldError[];
  /** Fills in what the server sets on a new object, in place. */
  readonly prepareCreate: (object: ApiObject) => void;
  /** The same for an update of the object or of a subresource. */
  readonly prepareUpdate: (object: ApiObject, old: ApiObject, subresource: '' | Subresource) => void;
  /** The values that field selectors may ask for, by path. */
  readonly selectableFields: (object: ApiObject) => Readonly<Record<string, string>>;
}

/** `GROUP/VERSION`, or the version alone in the core group. */
export const groupVersion = ({ group, version }: Pick<ResourceDefinition, 'group' | 'version'>): string =>
  group ? `${group}/${version}` : version;
