import type { ApiContext } from '../context.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { groupVersion } from '../resources/resource-definition.ts';
import { badRequest, notFound, unsupportedMediaType } from '../status-errors.ts';
import { isRecord } from '../api-object.ts';
import { applyObject } from './apply.ts';
import { decodeObject } from './decode-object.ts';
import { assertSameName, findObject, storeUpdate } from './update.ts';
import type { WriteRequest, WriteResult } from './write-request.ts';

const jsonPatch = 'application/json-patch+json';
const mergePatch = 'application/merge-patch+json';
const strategicMergePatch = 'application/strategic-merge-patch+json';
const applyPatches = ['application/apply-patch+yaml', 'application/apply-patch+json'];

/** The patch types a resource takes: strategic merge only where Kubernetes has Go types to merge by. */
const acceptedPatches = ({ custom }: ResourceDefinition): string[] => [
  jsonPatch,
  mergePatch,
  ...(custom ? [] : [strategicMergePatch]),
  'application/apply-patch+yaml',
];

/**
 * PATCH of an object or of its status, in any of the four formats.
 *
 * @throws StatusError
 */
export function patchObject(
  context: ApiContext,
  request: WriteRequest,
  patch: { readonly mediaType: string; readonly fieldManager: string | undefined; readonly force: boolean },
): WriteResult {
  const { resource, body } = request;
  if (applyPatches.includes(patch.mediaType)) return applyObject(context, request, patch);
  if (!acceptedPatches(resource).includes(patch.mediaType)) throw unsupportedMediaType(acceptedPatches(resource));
  const old = findObject(context, request);
  if (!old) throw notFound(resource, request.name);
  const current = { ...old, apiVersion: groupVersion(resource) };
  const patched = applyPatch(patch.mediaType, current, body, resource);
  const desired = decodeObject(request, patched);
  assertSameName(request, desired);
  return storeUpdate(context, request, old, desired);
}

function applyPatch(mediaType: string, current: unknown, patch: unknown, resource: ResourceDefinition): unknown {
  if (mediaType === jsonPatch) return applyJsonPatch(current, patch);
  if (!isRecord(patch)) throw badRequest('error decoding patch: it is not a JSON object');
  if (mediaType === mergePatch) return applyMergePatch(current, patch);
  return applyStrategicMergePatch(current, patch, resource.ownershipSchema);
}
