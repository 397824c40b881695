import type { FieldSet, ManagedFieldsEntry } from '../api-object.ts';
import { equalJson } from '../api-object.ts';
import { StatusError } from '../status-errors.ts';
import { differenceOf, emptyFieldSet, intersectionOf, isEmptySet, pathsOf, unionOf } from './field-set.ts';

/** Who writes: the entry of `metadata.managedFields` that a write belongs to. */
export interface FieldManager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

type Entries = readonly ManagedFieldsEntry[];

const isSame = (entry: ManagedFieldsEntry, writer: FieldManager): boolean =>
  entry.manager === writer.manager &&
  entry.operation === writer.operation &&
  entry.apiVersion === writer.apiVersion &&
  entry.subresource === writer.subresource;

/** The fields a writer owns so far. */
export const fieldsOwnedBy = (entries: Entries, writer: FieldManager): FieldSet =>
  entries.find((entry) => isSame(entry, writer))?.fieldsV1 ?? emptyFieldSet;

/** The fields that anyone but a writer owns. */
export const fieldsOwnedByOthers = (entries: Entries, writer: FieldManager): FieldSet =>
  entries
    .filter((entry) => !isSame(entry, writer))
    .reduce((set, { fieldsV1 }) => unionOf(set, fieldsV1), emptyFieldSet);

/** The entries after a write: the writer owns `owned`, others lose what changed, nobody owns what is gone. */
export function recordOwnership(
  entries: Entries,
  writer: FieldManager,
  change: { readonly owned: FieldSet; readonly changed: FieldSet; readonly present: FieldSet; readonly time: string },
): ManagedFieldsEntry[] {
  const others = entries
    .filter((entry) => !isSame(entry, writer))
    .map((entry) => {
      const fieldsV1 = intersectionOf(differenceOf(entry.fieldsV1, change.changed), change.present);
      return equalJson(fieldsV1, entry.fieldsV1) ? entry : { ...entry, fieldsV1 };
    });
  const old = entries.find((entry) => isSame(entry, writer));
  const fieldsV1 = change.owned;
  const entry: ManagedFieldsEntry =
    old && equalJson(old.fieldsV1, fieldsV1) ? old : { ...writer, time: change.time, fieldsType: 'FieldsV1', fieldsV1 };
  return [...others, entry].filter(({ fieldsV1: set }) => !isEmptySet(set));
}

/**
 * Refuses an apply that would change what others own.
 *
 * @throws StatusError 409 with one cause per field, in Kubernetes' words
 */
export function assertNoConflict(entries: Entries, writer: FieldManager, changed: FieldSet): void {
  const conflicts = entries
    .filter((entry) => !isSame(entry, writer))
    .map((entry) => ({ owner: describeOwner(entry), paths: pathsOf(intersectionOf(changed, entry.fieldsV1)).sort() }))
    .filter(({ paths }) => paths.length > 0);
  if (conflicts.length === 0) return;
  const count = conflicts.reduce((sum, { paths }) => sum + paths.length, 0);
  const text = conflicts
    .map(({ owner, paths }) =>
      paths.length === 1 ? `conflict with ${owner}: ${paths[0]}` : `conflicts with ${owner}:\n- ${paths.join('\n- ')}`,
    )
    .join('\n');
  throw new StatusError(409, 'Conflict', `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${text}`, {
    causes: conflicts.flatMap(({ owner, paths }) =>
      paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
    ),
  });
}

const describeOwner = ({ manager, operation, subresource, apiVersion }: ManagedFieldsEntry): string =>
  `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
