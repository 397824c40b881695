import type { JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import { badRequest } from '../status-errors.ts';

const stringFields = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
] as const;

const knownFields = new Set<string>([
  ...stringFields,
  'generation',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
]);

const goType = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/**
 * Checks the types of the metadata a client sent and drops its nulls and what no object has, in place. Managed fields
 * are the server's, so those of the client go too.
 *
 * @throws StatusError 400 in the words of Kubernetes' decoder
 */
export function decodeMetadata(object: JsonRecord, kind: string, version: string): void {
  const wrong = (field: string, value: unknown, type: string): never => {
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${goType(value)} ` +
        `into Go struct field ObjectMeta.${field} of type ${type}`,
    );
  };
  const { metadata = {} } = object;
  object['metadata'] = metadata;
  if (!isRecord(metadata)) return wrong('metadata', metadata, 'v1.ObjectMeta');
  for (const key of Object.keys(metadata)) if (metadata[key] === null || !knownFields.has(key)) delete metadata[key];
  for (const field of stringFields) {
    const value = metadata[field];
    if (value !== undefined && typeof value !== 'string') wrong(`metadata.${field}`, value, 'string');
  }
  for (const field of ['labels', 'annotations'] as const) {
    const map = metadata[field];
    if (map === undefined) continue;
    if (!isRecord(map)) return wrong(field, map, 'map[string]string');
    for (const value of Object.values(map)) if (typeof value !== 'string') wrong(field, value, 'string');
    if (Object.keys(map).length === 0) delete metadata[field];
  }
  decodeLists(metadata, wrong);
}

function decodeLists(metadata: JsonRecord, wrong: (field: string, value: unknown, type: string) => never): void {
  const { finalizers, ownerReferences } = metadata;
  if (finalizers !== undefined) {
    if (!Array.isArray(finalizers)) wrong('finalizers', finalizers, '[]string');
    else {
      for (const item of finalizers) if (typeof item !== 'string') wrong('finalizers', item, 'string');
      if (finalizers.length === 0) delete metadata['finalizers'];
    }
  }
  if (ownerReferences !== undefined && !(Array.isArray(ownerReferences) && ownerReferences.every(isRecord))) {
    wrong('ownerReferences', ownerReferences, '[]v1.OwnerReference');
  }
}
