import { randomInt, randomUUID } from 'node:crypto';
import type { ApiObject, FieldSet } from '../api-object.ts';
import { objectKey } from '../api-object.ts';
import { emptyFieldSet } from '../apply/field-set.ts';
import { fieldsOf, ownedPart } from '../apply/fields-of.ts';
import type { FieldManager } from '../apply/managed-fields.ts';
import { recordOwnership } from '../apply/managed-fields.ts';
import type { ApiContext } from '../context.ts';
import { validateMetadata } from '../metadata/validate-metadata.ts';
import { namespaces } from '../resources/built-in-resources.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { alreadyExists, badRequest, invalid, namespaceTerminating, notFound, StatusError } from '../status-errors.ts';
import { onCustomResourceDefinitionWrite } from './custom-resource-definitions.ts';
import { decodeObject } from './decode-object.ts';
import type { WriteRequest, WriteResult } from './write-request.ts';
import { fieldManagerOf } from './write-request.ts';

/**
 * POST of an object.
 *
 * @throws StatusError
 */
export function createObject(context: ApiContext, request: WriteRequest): WriteResult {
  return storeNew(context, request, decodeObject(request, request.body), fieldManagerOf(request, 'Update'));
}

/** Stores a decoded object that is not there yet; its writer owns `owned`, or all of it but the status. */
export function storeNew(
  context: ApiContext,
  request: WriteRequest,
  object: ApiObject,
  writer: FieldManager,
  owned?: FieldSet,
): WriteResult {
  const { resource } = request;
  const { metadata } = object;
  if (metadata.resourceVersion) {
    throw new StatusError(500, undefined, 'resourceVersion should not be set on objects to be created');
  }
  placeInNamespace(context, request, object);
  if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}${randomSuffix()}`;
  const time = context.timestamp();
  metadata.uid = randomUUID();
  metadata.creationTimestamp = time;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (resource.countsGenerations) metadata.generation = 1;
  else delete metadata.generation;
  resource.prepareCreate(object);
  request.admit('CREATE', object, undefined);
  assertValid(request, object);
  if (context.store.get(resource.storageKey, objectKey(metadata.namespace, metadata.name))) {
    throw alreadyExists(resource, metadata.name);
  }
  const fields = owned ?? createdFields(resource, object);
  metadata.managedFields = recordOwnership([], writer, {
    owned: fields,
    changed: emptyFieldSet,
    present: fields,
    time,
  });
  const stored = context.store.put(resource.storageKey, object);
  return { code: 201, object: onCustomResourceDefinitionWrite(context, stored) };
}

/** A status belongs to whoever writes the subresource, not to who creates the object. */
function createdFields(resource: ResourceDefinition, object: ApiObject): FieldSet {
  const created = resource.subresources.has('status') ? { ...object, status: undefined } : object;
  return fieldsOf(ownedPart(created), resource.ownershipSchema);
}

/** Refuses an object that breaks a rule of its metadata, its schema or its kind. */
export function assertValid({ resource }: WriteRequest, object: ApiObject): void {
  const errors = [
    ...validateMetadata(object.metadata, resource.nameRule),
    ...(resource.custom ? resource.validateSchema(object) : []),
    ...resource.validate(object),
  ];
  if (errors.length > 0) throw invalid(resource.group, resource.kind, object.metadata.name, errors);
}

function placeInNamespace({ store }: ApiContext, { resource, namespace }: WriteRequest, { metadata }: ApiObject): void {
  if (!resource.namespaced) {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  metadata.namespace = namespace;
  const home = store.get(namespaces.storageKey, namespace);
  if (!home) throw notFound(namespaces, namespace);
  if (home.metadata.deletionTimestamp) throw namespaceTerminating(resource, metadata.name, namespace);
}

/** The letters and digits of Kubernetes' generated names: none that could spell a word. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const randomSuffix = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
