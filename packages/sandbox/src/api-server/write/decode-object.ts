import type { ApiObject, JsonRecord } from '../api-object.ts';
import { cloneJson, isRecord } from '../api-object.ts';
import { decodeMetadata } from '../metadata/decode-metadata.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { groupVersion } from '../resources/resource-definition.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { invalidValue } from '../schema/field-error.ts';
import { pruneUnknownFields } from '../schema/prune.ts';
import { badRequest, invalid } from '../status-errors.ts';
import type { WriteRequest } from './write-request.ts';

/**
 * Reads the object of a write: its type, its metadata, the fields the resource knows, defaults filled in unless told
 * not to. The result is the writer's own; identity and what the server sets are not checked yet.
 *
 * @throws StatusError 400 or 422
 */
export function decodeObject(request: WriteRequest, body: unknown, { defaults = true } = {}): ApiObject {
  const { resource } = request;
  if (!isRecord(body)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): it is not a JSON object`);
  }
  const object = cloneJson(body);
  checkType(object, resource);
  decodeMetadata(object, resource.kind, resource.version);
  if (!resource.custom) dropNulls(object);
  const unknown = pruneUnknownFields(object, resource.schema);
  reportUnknownFields(request, unknown);
  if (defaults) applyDefaults(object, resource.schema);
  if (!resource.custom) checkBuiltInTypes(object, resource);
  return asApiObject(object);
}

/** The metadata fields the server sets are strings from here on, empty until they are set. */
function asApiObject(object: JsonRecord): ApiObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  const identity = { name: '', uid: '', resourceVersion: '', creationTimestamp: '' };
  return {
    apiVersion: String(apiVersion),
    kind: String(kind),
    metadata: { ...identity, ...(isRecord(metadata) && metadata) },
    ...rest,
  };
}

function checkType(object: JsonRecord, resource: ResourceDefinition): void {
  const { kind, custom } = resource;
  const expected = groupVersion(resource);
  if (!custom) {
    object['apiVersion'] ??= expected;
    object['kind'] ??= kind;
  }
  if (typeof object['kind'] !== 'string' || object['kind'] === '') throw badRequest(`Object 'Kind' is missing`);
  if (object['apiVersion'] !== expected) {
    throw badRequest(
      `the API version in the data (${String(object['apiVersion'])}) does not match the expected API version (${expected})`,
    );
  }
  if (object['kind'] === kind) return;
  if (!custom) throw badRequest(`${object['kind']} in version "${resource.version}" cannot be handled as a ${kind}`);
  const name = isRecord(object['metadata']) ? String(object['metadata']['name'] ?? '') : '';
  throw invalid(resource.group, object['kind'], name, [invalidValue('kind', object['kind'], `must be ${kind}`)]);
}

/** A null is an absent field to the decoder of the built-in kinds. */
function dropNulls(value: unknown): void {
  if (Array.isArray(value)) value.forEach(dropNulls);
  else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      if (value[key] === null) delete value[key];
      else dropNulls(value[key]);
    }
  }
}

function checkBuiltInTypes(object: JsonRecord, { kind, version, validateSchema }: ResourceDefinition): void {
  const [error] = validateSchema(object);
  if (error)
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: ${error.field}: ${error.message}`,
    );
}

function reportUnknownFields({ resource, strict, warn }: WriteRequest, unknown: readonly string[]): void {
  const messages = unknown.map((field) => `unknown field "${field}"`);
  if (strict && messages.length > 0) {
    const { kind, version } = resource;
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${messages.join(', ')}`,
    );
  }
  messages.forEach(warn);
}
