import type { ApiObject, JsonRecord, ObjectMetadata } from '../api-object.ts';
import { equalJson, isRecord, objectKey } from '../api-object.ts';
import { intersectionOf, unionOf } from '../apply/field-set.ts';
import { changedFields, fieldsOf, ownedPart } from '../apply/fields-of.ts';
import type { FieldManager } from '../apply/managed-fields.ts';
import { fieldsOwnedBy, recordOwnership } from '../apply/managed-fields.ts';
import type { ApiContext } from '../context.ts';
import { validateMetadataUpdate } from '../metadata/validate-metadata.ts';
import { invalidValue } from '../schema/field-error.ts';
import { badRequest, conflict, invalid, notFound, preconditionFailed } from '../status-errors.ts';
import { assertValid, storeNew } from './create.ts';
import { onCustomResourceDefinitionWrite } from './custom-resource-definitions.ts';
import { decodeObject } from './decode-object.ts';
import { removeObject } from './remove.ts';
import type { WriteRequest, WriteResult } from './write-request.ts';
import { fieldManagerOf } from './write-request.ts';

/** The stored object a request names, or undefined. */
export const findObject = ({ store }: ApiContext, { resource, namespace, name }: WriteRequest): ApiObject | undefined =>
  store.get(resource.storageKey, objectKey(resource.namespaced ? namespace : '', name));

/**
 * PUT of an object or of its status.
 *
 * @throws StatusError
 */
export function updateObject(context: ApiContext, request: WriteRequest): WriteResult {
  const { resource, name } = request;
  const object = decodeObject(request, request.body);
  assertSameName(request, object);
  const old = findObject(context, request);
  if (!old) {
    if (!resource.createsOnUpdate || request.subresource) throw notFound(resource, name);
    return storeNew(context, request, object, fieldManagerOf(request, 'Update'));
  }
  const { uid, resourceVersion } = object.metadata;
  if (uid && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    throw preconditionFailed({ ...resource, kind: resource.plural }, name, why);
  }
  if (!resourceVersion && !resource.updatesUnconditionally) {
    throw invalid(resource.group, resource.plural, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  return storeUpdate(context, request, old, object);
}

/** Refuses an object that names another one than the URL. */
export function assertSameName({ name, namespace, resource }: WriteRequest, { metadata }: ApiObject): void {
  if (metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (resource.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the URL (${namespace})`,
    );
  }
}

/** Which fields an update makes a writer own, and who loses them. */
export type Ownership = (old: ApiObject, next: ApiObject) => ApiObject['metadata']['managedFields'];

/**
 * Replaces a stored object by a decoded one: keeps what the server sets, what the subresource does not write, and the
 * object itself when nothing changes; removes it when its last finalizer goes.
 */
export function storeUpdate(
  context: ApiContext,
  request: WriteRequest,
  old: ApiObject,
  desired: ApiObject,
  ownership: Ownership = updateOwnership(context, request),
): WriteResult {
  const { resource } = request;
  const { resourceVersion } = desired.metadata;
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(resource, old.metadata.name);
  const errors = validateMetadataUpdate(desired.metadata, old.metadata);
  if (errors.length > 0) throw invalid(resource.group, resource.kind, old.metadata.name, errors);
  const next = nextState(request, old, desired);
  resource.prepareUpdate(next, old, request.subresource);
  request.admit('UPDATE', next, old);
  assertValid(request, next);
  if (resource.countsGenerations && contentChanged(request, old, next)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  const managedFields = ownership(old, next);
  if (managedFields) next.metadata.managedFields = managedFields;
  if (isGone(next)) return { code: 200, object: removeObject(context, resource, old, next) };
  if (equalJson(next, old)) return { code: 200, object: old };
  const stored = context.store.put(resource.storageKey, next);
  return { code: 200, object: onCustomResourceDefinitionWrite(context, stored) };
}

/** Ownership of a plain write: what it changed is its own, and no one else's. */
function updateOwnership(context: ApiContext, request: WriteRequest): Ownership {
  return (old, next) => {
    const schema = request.resource.ownershipSchema;
    const entries = old.metadata.managedFields ?? [];
    const writer: FieldManager = fieldManagerOf(request, 'Update');
    const [before, after] = [ownedPart(old), ownedPart(next)];
    // Kubernetes gives no one the finalizers in a namespace's spec.
    if (request.subresource === 'finalize' || equalJson(before, after)) return entries;
    const changed = changedFields(before, after, schema);
    const owned = unionOf(fieldsOwnedBy(entries, writer), changed);
    const present = fieldsOf(after, schema);
    const time = context.timestamp();
    return recordOwnership(entries, writer, { owned: intersectionOf(owned, present), changed, present, time });
  };
}

function nextState({ resource, subresource }: WriteRequest, old: ApiObject, desired: ApiObject): ApiObject {
  // The status of a custom resource brings no metadata with it; that of a built-in kind does.
  const source = subresource && resource.custom ? old.metadata : desired.metadata;
  const { labels, annotations, finalizers, ownerReferences, generateName } = source;
  const metadata = {
    ...withoutClientFields(old.metadata),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers && { finalizers }),
    ...(ownerReferences && { ownerReferences }),
    ...(generateName && { generateName }),
  };
  const next = { ...content(resource.subresources.has('status'), subresource, old, desired), metadata };
  const { apiVersion, kind } = desired;
  return { ...withoutUndefined(next), apiVersion, kind, metadata };
}

/** The metadata that the server sets. */
function withoutClientFields(metadata: ObjectMetadata): ObjectMetadata {
  const kept = { ...metadata };
  delete kept.labels;
  delete kept.annotations;
  delete kept.finalizers;
  delete kept.ownerReferences;
  delete kept.generateName;
  return kept;
}

function content(
  hasStatus: boolean,
  subresource: WriteRequest['subresource'],
  old: ApiObject,
  desired: ApiObject,
): JsonRecord {
  if (subresource === 'status') return { ...old, status: desired['status'] };
  if (subresource === 'finalize') return { ...old, spec: desired['spec'] };
  return hasStatus ? { ...desired, status: old['status'] } : desired;
}

const withoutUndefined = (object: JsonRecord): JsonRecord =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function contentChanged({ resource, subresource }: WriteRequest, old: ApiObject, next: ApiObject): boolean {
  if (subresource) return false;
  const ignored = resource.subresources.has('status')
    ? { metadata: undefined, status: undefined }
    : { metadata: undefined };
  return !equalJson({ ...old, ...ignored }, { ...next, ...ignored });
}

/** Whether an object that is being deleted is held by nothing any more. */
function isGone({ kind, metadata, spec }: ApiObject): boolean {
  if (!metadata.deletionTimestamp || (metadata.finalizers?.length ?? 0) > 0) return false;
  if (kind !== 'Namespace') return true;
  const held = isRecord(spec) ? spec['finalizers'] : undefined;
  return !Array.isArray(held) || held.length === 0;
}
