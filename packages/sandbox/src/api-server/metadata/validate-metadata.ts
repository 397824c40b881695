import type { ObjectMetadata } from '../api-object.ts';
import type { FieldError } from '../schema/field-error.ts';
import { forbiddenValue, invalidValue, requiredValue } from '../schema/field-error.ts';
import type { NameRule } from './names.ts';
import { qualifiedNameRule, validateAnnotations, validateLabels } from './names.ts';

/** The problems of the metadata of a new object, or of the new state of an old one. */
export function validateMetadata(metadata: ObjectMetadata, nameRule: NameRule): FieldError[] {
  const { name, labels = {}, annotations = {}, finalizers = [] } = metadata;
  const nameErrors = name
    ? nameRule(name).map((why) => invalidValue('metadata.name', name, why))
    : [requiredValue('metadata.name', 'name or generateName is required')];
  return [
    ...nameErrors,
    ...validateLabels(labels),
    ...validateAnnotations(annotations),
    ...finalizers.flatMap((finalizer) =>
      qualifiedNameRule(finalizer).map((why) => invalidValue('metadata.finalizers', finalizer, why)),
    ),
    ...validateOwners(metadata),
  ];
}

function validateOwners({ ownerReferences = [] }: ObjectMetadata): FieldError[] {
  return ownerReferences.flatMap((owner, index) =>
    ['apiVersion', 'kind', 'name', 'uid']
      .filter((field) => !owner[field])
      .map((field) => requiredValue(`metadata.ownerReferences[${index}].${field}`, 'must not be empty')),
  );
}

/** What an update may not change: the uid, and finalizers added to an object that is being deleted. */
export function validateMetadataUpdate(metadata: ObjectMetadata, old: ObjectMetadata): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.uid && metadata.uid !== old.uid) {
    errors.push(invalidValue('metadata.uid', metadata.uid, 'field is immutable'));
  }
  const added = (metadata.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer));
  if (old.deletionTimestamp && added.length > 0) {
    const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    errors.push(
      forbiddenValue(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
      ),
    );
  }
  return errors;
}
