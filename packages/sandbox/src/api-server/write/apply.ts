import type { ApiObject, JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import { differenceOf, intersectionOf } from '../apply/field-set.ts';
import { changedFields, fieldsOf, ownedPart } from '../apply/fields-of.ts';
import { assertNoConflict, fieldsOwnedBy, fieldsOwnedByOthers, recordOwnership } from '../apply/managed-fields.ts';
import { mergeApplied, removeFields } from '../apply/merge-applied.ts';
import type { ApiContext } from '../context.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { requiredValue } from '../schema/field-error.ts';
import { badRequest, conflict, invalid, notFound, StatusError } from '../status-errors.ts';
import { storeNew } from './create.ts';
import { decodeObject } from './decode-object.ts';
import { assertSameName, findObject, storeUpdate } from './update.ts';
import type { WriteRequest, WriteResult } from './write-request.ts';
import { fieldManagerOf } from './write-request.ts';

/**
 * Server-side apply: the manager's fields become what it sends; what it sent before and sends no more goes, unless
 * someone else owns it; what others own and it would change is a conflict, unless forced.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
 *
 * @throws StatusError
 */
export function applyObject(
  context: ApiContext,
  request: WriteRequest,
  { fieldManager, force }: { readonly fieldManager: string | undefined; readonly force: boolean },
): WriteResult {
  const { resource } = request;
  if (!fieldManager) {
    throw invalid('meta.k8s.io', 'PatchOptions', '', [requiredValue('fieldManager', 'is required for apply patch')]);
  }
  const applied = decodeApplied(request);
  const writer = fieldManagerOf(request, 'Apply');
  const schema = resource.ownershipSchema;
  const owned = fieldsOf(ownedPart(applied), schema);
  const old = findObject(context, request);
  if (!old) {
    if (request.subresource) throw notFound(resource, request.name);
    if (applied.metadata.uid || applied.metadata.resourceVersion) throw conflict(resource, request.name);
    applyDefaults(applied, resource.schema);
    return storeNew(context, request, applied, writer, owned);
  }
  const entries = old.metadata.managedFields ?? [];
  const live = ownedPart(old);
  const merged = mergeApplied(live, ownedPart(applied), schema);
  const changed = intersectionOf(changedFields(live, merged, schema), owned);
  if (!force) assertNoConflict(entries, writer, changed);
  const dropped = differenceOf(
    differenceOf(fieldsOwnedBy(entries, writer), owned),
    fieldsOwnedByOthers(entries, writer),
  );
  const desired = asObject(removeFields(merged, dropped, schema), applied);
  applyDefaults(desired, resource.schema);
  return storeUpdate(context, request, old, desired, (_old, next) => {
    const present = fieldsOf(ownedPart(next), schema);
    const time = context.timestamp();
    return recordOwnership(entries, writer, { owned, changed, present, time });
  });
}

function decodeApplied(request: WriteRequest): ApiObject {
  const { body } = request;
  if (!isRecord(body) || typeof body['apiVersion'] !== 'string' || typeof body['kind'] !== 'string') {
    throw badRequest('invalid object type: an apply patch needs apiVersion and kind');
  }
  if (isRecord(body['metadata']) && Array.isArray(body['metadata']['managedFields'])) {
    throw badRequest('metadata.managedFields must be nil');
  }
  // Defaults are not the applier's: it must not own what it did not send.
  const unknown: string[] = [];
  const reading = { ...request, strict: false, warn: (message: string) => unknown.push(message) };
  const applied = decodeObject(reading, appliedPart(request, body), { defaults: false });
  applied.metadata.name ||= request.name;
  if (unknown.length > 0) {
    const type = `${request.namespace}/${request.name}; ${applied.apiVersion}, Kind=${applied.kind}`;
    // Kubernetes says 500 here, as if it were its own fault.
    throw new StatusError(
      500,
      undefined,
      `failed to create typed patch object (${type}): ${unknown.join(', ')}: not declared in schema`,
    );
  }
  assertSameName(request, applied);
  return applied;
}

/** Each of the two paths of an object with a status ignores what belongs to the other. */
function appliedPart({ resource, subresource }: WriteRequest, body: JsonRecord): JsonRecord {
  if (!resource.subresources.has('status')) return body;
  const { status, ...rest } = body;
  const { apiVersion, kind, metadata = {} } = body;
  return subresource === 'status' ? { apiVersion, kind, metadata, status } : rest;
}

function asObject(content: unknown, { apiVersion, kind, metadata }: ApiObject): ApiObject {
  const { metadata: owned, ...rest } = isRecord(content) ? content : {};
  const { name, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { creationTimestamp: '', ...(isRecord(owned) && owned), name, uid, resourceVersion },
    ...rest,
  };
}
