import type { IncomingMessage, ServerResponse } from 'node:http';
import { objectKey } from './api-object.ts';
import type { Admission } from './access/admission.ts';
import { assertAdmitted } from './access/admission.ts';
import type { User } from './access/user.ts';
import type { ApiContext } from './context.ts';
import { listObjects } from './read/list.ts';
import { viewIn } from './read/view.ts';
import type { OpenWatch } from './read/watch.ts';
import { startWatch } from './read/watch.ts';
import { assertObjectType, mediaTypeOf, parseBody, readBody } from './request-body.ts';
import type { RequestInfo, ResourceRequest } from './request-info.ts';
import type { ResourceDefinition } from './resources/resource-definition.ts';
import { serialise } from './serialise.ts';
import { methodNotAllowed, notFound, notImplemented, notServed } from './status-errors.ts';
import { createObject } from './write/create.ts';
import { deleteObject } from './write/delete.ts';
import { patchObject } from './write/patch.ts';
import { updateObject } from './write/update.ts';
import type { WriteRequest, WriteResult } from './write/write-request.ts';

/** An answer ready to be sent, or a watch that has begun to answer by itself. */
export type Answer =
  | {
      readonly code: number;
      readonly text: string;
      readonly contentType?: string;
      readonly warnings?: readonly string[];
      /** The object that was written, which the path of a create does not name. */
      readonly name?: string;
    }
  | 'streaming';

/** What the handling of resources needs beside the objects. */
export interface ResourceHandling {
  readonly context: ApiContext;
  readonly admission: Admission | undefined;
  readonly watches: Set<OpenWatch>;
}

/** One request for a resource, with who makes it. */
export interface ResourceExchange {
  readonly info: Extract<RequestInfo, { isResource: true }>;
  readonly user: User;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers a request for a resource.
 *
 * @throws StatusError
 */
export async function handleResource(handling: ResourceHandling, exchange: ResourceExchange): Promise<Answer> {
  const { context, watches } = handling;
  const { info, url, response } = exchange;
  const resource = findResource(context, info);
  switch (info.verb) {
    case 'get':
      return { code: 200, text: getObject(context, resource, info) };
    case 'list':
      return { code: 200, text: listObjects(context, resource, info.namespace, url.searchParams) };
    case 'watch': {
      const { namespace, name } = info;
      const query = new URLSearchParams(url.searchParams);
      if (name) query.append('fieldSelector', `metadata.name=${name}`);
      const target = { resource, namespace: resource.namespaced ? namespace : '', query };
      watches.add(startWatch(context, target, response, (watch) => watches.delete(watch)));
      return 'streaming';
    }
    case 'deletecollection':
      throw notImplemented('deletion of whole collections: delete the objects one by one');
    default:
      return write(handling, exchange, resource);
  }
}

function findResource({ catalogue }: ApiContext, info: ResourceRequest): ResourceDefinition {
  const { group, version, namespace, name, subresource, verb } = info;
  const resource = catalogue.find(group, version, info.resource);
  const path = [info.resource, subresource].filter(Boolean).join('/');
  if (!resource) throw notServed(`${path} in ${group ? `${group}/` : ''}${version}`);
  const isSubresource = subresource === 'status' || subresource === 'finalize';
  if (subresource && !(isSubresource && resource.subresources.has(subresource))) throw notFound(resource, name);
  const inNamespace = namespace !== '' && resource.plural !== 'namespaces';
  if (inNamespace && !resource.namespaced) throw notServed(`${path} in a namespace: it is cluster-scoped`);
  const readsAll = verb === 'list' || verb === 'watch';
  if (resource.namespaced && !inNamespace && !readsAll) throw methodNotAllowed();
  if ((verb === 'create') === (name !== '') && !readsAll && verb !== 'deletecollection') throw methodNotAllowed();
  if (subresource && (verb === 'delete' || readsAll)) throw methodNotAllowed();
  return resource;
}

function getObject({ store }: ApiContext, resource: ResourceDefinition, { namespace, name }: ResourceRequest): string {
  const object = store.get(resource.storageKey, objectKey(resource.namespaced ? namespace : '', name));
  if (!object) throw notFound(resource, name);
  return serialise(viewIn(resource, object));
}

async function write(
  handling: ResourceHandling,
  exchange: ResourceExchange,
  resource: ResourceDefinition,
): Promise<Answer> {
  const { context } = handling;
  const { info, url, request } = exchange;
  const query = url.searchParams;
  const mediaType = mediaTypeOf(request);
  if (query.has('dryRun')) throw notImplemented('dry run');
  const text = await readBody(request);
  if (info.verb === 'create' || info.verb === 'update') assertObjectType(mediaType);
  const warnings: string[] = [];
  const writeRequest: WriteRequest = {
    resource,
    namespace: info.namespace,
    name: info.name,
    subresource: info.subresource === 'status' || info.subresource === 'finalize' ? info.subresource : '',
    body: text === '' ? undefined : parseBody(text, mediaType),
    fieldManager: query.get('fieldManager') || defaultFieldManager(request),
    strict: query.get('fieldValidation') === 'Strict',
    admit: admitWith(handling.admission, exchange),
    warn: (message) => warnings.push(message),
  };
  if (info.verb === 'delete') return { code: 200, text: JSON.stringify(deleteObject(context, writeRequest)) };
  const { code, object } = perform(context, writeRequest, exchange, mediaType);
  return { code, text: serialise(viewIn(resource, object)), warnings, name: object.metadata.name };
}

function perform(
  context: ApiContext,
  request: WriteRequest,
  { info, url }: ResourceExchange,
  mediaType: string,
): WriteResult {
  if (info.verb === 'create') return createObject(context, request);
  if (info.verb === 'update') return updateObject(context, request);
  const fieldManager = url.searchParams.get('fieldManager') ?? undefined;
  return patchObject(context, request, { mediaType, fieldManager, force: url.searchParams.get('force') === 'true' });
}

function admitWith(admission: Admission | undefined, { info, user }: ResourceExchange): WriteRequest['admit'] {
  const { group, resource, subresource, namespace, name } = info;
  return (operation, object, oldObject) =>
    assertAdmitted(admission, {
      operation,
      group,
      resource,
      subresource,
      namespace,
      name: name || object?.metadata.name || '',
      ...user,
      object,
      oldObject,
    });
}

/** Kubernetes' default: the first part of the user agent. */
const defaultFieldManager = ({ headers }: IncomingMessage): string => headers['user-agent']?.split('/')[0] || 'unknown';
