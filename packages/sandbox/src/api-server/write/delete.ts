import type { ApiObject } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { ApiContext } from '../context.ts';
import { namespaces } from '../resources/built-in-resources.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import type { StatusBody } from '../status-errors.ts';
import { forbidden, notFound, notImplemented, preconditionFailed } from '../status-errors.ts';
import { removeObject } from './remove.ts';
import { findObject } from './update.ts';
import type { WriteRequest } from './write-request.ts';

const immortalNamespaces = new Set(['default', 'kube-system', 'kube-public']);

/**
 * DELETE of an object: at once, or marked and left to its finalizers.
 *
 * @returns the marked object, or a Status when it is gone
 * @throws StatusError
 */
export function deleteObject(context: ApiContext, request: WriteRequest): ApiObject | StatusBody {
  const { resource, name } = request;
  const old = findObject(context, request);
  if (!old) throw notFound(resource, name);
  checkPreconditions(request, old);
  if (resource === namespaces && immortalNamespaces.has(name)) {
    throw forbidden(resource, name, 'this namespace may not be deleted');
  }
  request.admit('DELETE', undefined, old);
  const marked = markOrRemove(context, resource, old);
  if (marked) return marked;
  const { group, plural } = resource;
  const details = { name, ...(group && { group }), kind: plural, uid: old.metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Begins the deletion of an object; undefined when it is over already, the marked object when something holds it. */
export function markOrRemove(context: ApiContext, resource: ResourceDefinition, old: ApiObject): ApiObject | undefined {
  if (old.metadata.deletionTimestamp) return old;
  const isNamespace = resource === namespaces;
  if (!isNamespace && !old.metadata.finalizers?.length) {
    removeObject(context, resource, old);
    return undefined;
  }
  const { generation } = old.metadata;
  const marked = context.store.put(resource.storageKey, {
    ...old,
    ...(isNamespace && { status: { ...(isRecord(old['status']) ? old['status'] : {}), phase: 'Terminating' } }),
    metadata: {
      ...old.metadata,
      deletionTimestamp: context.timestamp(),
      ...(!isNamespace && { deletionGracePeriodSeconds: 0 }),
      ...(generation !== undefined && { generation: generation + 1 }),
    },
  });
  if (isNamespace) context.namespaceChanged(old.metadata.name);
  return marked;
}

function checkPreconditions({ resource, name, body }: WriteRequest, { metadata }: ApiObject): void {
  if (!isRecord(body)) return;
  if (body['dryRun'] !== undefined) throw notImplemented('dry run');
  const { preconditions } = body;
  if (!isRecord(preconditions)) return;
  const { uid, resourceVersion } = preconditions;
  if (uid !== undefined && uid !== metadata.uid) {
    const why =
      `the UID in the precondition (${String(uid)}) does not match the UID in record (${metadata.uid}). ` +
      'The object might have been deleted and then recreated';
    throw preconditionFailed(resource, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${String(resourceVersion)}) does not match the ResourceVersion in record ` +
      `(${metadata.resourceVersion}). The object might have been modified`;
    throw preconditionFailed(resource, name, why);
  }
}
