import { isExpired } from '../errors/predicates.ts';
import { TransportError } from '../errors/transport-error.ts';
import type { QueryValue, RequestOptions } from '../rest/request.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { parseList, type ListPage } from './list.ts';
import { mostPageBytes, PageSize } from './page-size.ts';
import { asAnswerAbout, type KubernetesObject } from '../object/object.ts';
import { apiVersionOf, collectionPath, objectPath, type ObjectName, type Resource } from '../object/resource.ts';

/** What every verb takes. */
export interface CallOptions extends Pick<RequestOptions, 'signal' | 'deadline' | 'immediate'> {
  /** Writes only: the server checks and answers, and stores nothing. */
  readonly dryRun?: boolean;
  /** Writes only: who owns the fields that are written. */
  readonly fieldManager?: string;
}

/** What a write to an object, or to a subresource of it, takes. */
export interface WriteOptions extends CallOptions {
  /** E.g. `status`. */
  readonly subresource?: string;
}

/** Which objects a list or watch covers. */
export interface Selection {
  /** Only this namespace; all when undefined. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const defaultLimit = 500;
/** No cluster has as many of a kind that is read here. */
const mostItems = 500_000;
/** In a row; a selector may leave some empty. */
const mostEmptyPages = 100;

/** What a list takes. */
export interface ListOptions extends Selection, CallOptions {
  /** Objects per page, at most. Default 500, as client-go. */
  readonly limit?: number;
  /** `''` or undefined: the newest state; `'0'`: whatever the server has at hand; else at least as new as this. */
  readonly resourceVersion?: string;
}

/** What a page of a list takes. */
export interface PageOptions extends ListOptions, Pick<RequestOptions, 'maxAnswerBytes' | 'onBody'> {
  /** Token of the page, from the page before. */
  readonly continueToken?: string;
}

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

/** What a delete takes. */
export interface DeleteOptions extends CallOptions {
  /** Only this very object, at this very version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
}

/**
 * The verbs of the Kubernetes API for one {@link Resource}. Objects go in and out as raw JSON.
 *
 * All verbs throw what {@link RestClient.request} throws.
 */
export class ResourceClient {
  readonly rest: RestClient;
  readonly resource: Resource;

  constructor(rest: RestClient, resource: Resource) {
    this.rest = rest;
    this.resource = resource;
  }

  /** Reads one object. */
  get(object: ObjectName, options: CallOptions = {}): Promise<KubernetesObject> {
    return this.#object('GET', 'get', object, undefined, options);
  }

  /** Reads one page of the collection. */
  async listPage(options: PageOptions = {}): Promise<ListPage> {
    const { namespace, labelSelector, fieldSelector, limit = defaultLimit, resourceVersion, continueToken } = options;
    const answer = await this.rest.request('GET', collectionPath(this.resource, namespace), {
      ...pick(options),
      label: { verb: 'list', resource: this.resource.plural },
      query: {
        labelSelector,
        fieldSelector,
        limit,
        continue: continueToken,
        ...(continueToken === undefined ? notOlderThan(resourceVersion) : {}),
      },
    });
    const page = this.#parse('list', () => parseList(answer, this.resource, namespace));
    this.rest.history.see(page.resourceVersion, this.resource);
    return page;
  }

  /**
   * Reads the collection page by page, as many objects at once as make some two megabytes. A token that expired
   * half-way ends the iteration with an error.
   */
  async *pages(options: ListOptions = {}): AsyncGenerator<ListPage, void, undefined> {
    const size = new PageSize(options.limit ?? defaultLimit);
    let { resourceVersion } = options;
    let continueToken: string | undefined;
    let [items, empty] = [0, 0];
    for (;;) {
      const place = {
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(continueToken === undefined ? {} : { continueToken }),
      };
      const page = await this.#sizedPage({ ...options, ...place }, size);
      // What the server has at hand it gives in one piece, whatever is asked for.
      if (page === undefined) resourceVersion = '';
      else {
        yield page;
        if (page.continueToken === undefined) return;
        items += page.items.length;
        empty = page.items.length === 0 ? empty + 1 : 0;
        if (page.continueToken === continueToken) throw this.#noList('a page leads to itself');
        if (empty === mostEmptyPages) throw this.#noList(`${empty} pages have nothing in them, and lead to another`);
        if (items > mostItems) throw this.#noList(`it has more than ${mostItems} items, and no end`);
        continueToken = page.continueToken;
      }
    }
  }

  /** Reads the whole collection into memory; begins again, once, when it changes too much between pages (410). */
  async list(
    options: ListOptions = {},
  ): Promise<{ readonly items: readonly KubernetesObject[]; readonly resourceVersion: string }> {
    try {
      return await this.#listOnce(options);
    } catch (error) {
      if (!isExpired(error)) throw error;
      return this.#listOnce({ ...options, resourceVersion: '' });
    }
  }

  /** Reads the first objects of the collection, so many at the most; page by page, as they may be large. */
  async first(count: number): Promise<readonly KubernetesObject[]> {
    const items: KubernetesObject[] = [];
    for await (const page of this.pages({ limit: count })) {
      items.push(...page.items);
      if (items.length >= count) break;
    }
    return items.slice(0, count);
  }

  /** Creates an object; its name and namespace are those in its metadata. */
  async create(object: KubernetesObject, options: CallOptions = {}): Promise<KubernetesObject> {
    const path = collectionPath(this.resource, object.metadata.namespace);
    const answer = await this.rest.request('POST', path, {
      ...pick(options),
      label: { verb: 'create', resource: this.resource.plural },
      query: writeQuery(options),
      body: { apiVersion: apiVersionOf(this.resource), kind: this.resource.kind, ...object },
    });
    return this.#parseObject('create', answer, object.metadata);
  }

  /** Replaces an object (PUT). Its metadata.resourceVersion must be the one it was read with. */
  replace(object: KubernetesObject, options: WriteOptions = {}): Promise<KubernetesObject> {
    return this.#object('PUT', 'update', object.metadata, { body: object }, options);
  }

  /** Merge patch (RFC 7386): null removes a field, arrays are replaced. A metadata.resourceVersion in it is checked. */
  mergePatch(
    object: ObjectName,
    patch: Readonly<Record<string, unknown>>,
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.#object(
      'PATCH',
      'patch',
      object,
      { body: patch, contentType: 'application/merge-patch+json' },
      options,
    );
  }

  /** JSON patch (RFC 6902); a failed `test` is an ApiError. */
  jsonPatch(
    object: ObjectName,
    patch: readonly JsonPatchOperation[],
    options: WriteOptions = {},
  ): Promise<KubernetesObject> {
    return this.#object('PATCH', 'patch', object, { body: patch, contentType: 'application/json-patch+json' }, options);
  }

  /**
   * Server-side apply: creates the object, or sets the given fields and gives up those applied before and left out now.
   */
  apply(
    object: KubernetesObject,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<KubernetesObject> {
    const body = { apiVersion: apiVersionOf(this.resource), kind: this.resource.kind, ...object };
    return this.#object(
      'PATCH',
      'patch',
      object.metadata,
      { body, contentType: 'application/apply-patch+yaml' },
      options,
      { force: options.force },
    );
  }

  /** Deletes an object. Finalizers may keep it for a while, with a deletionTimestamp. */
  async delete(object: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, propagationPolicy } = options;
    await this.rest.request('DELETE', objectPath(this.resource, object), {
      ...pick(options),
      label: { verb: 'delete', resource: this.resource.plural },
      query: { dryRun: options.dryRun ? 'All' : undefined },
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy },
    });
  }

  async #listOnce(
    options: ListOptions,
  ): Promise<{ readonly items: readonly KubernetesObject[]; readonly resourceVersion: string }> {
    const items: KubernetesObject[] = [];
    let resourceVersion = '';
    for await (const page of this.pages(options)) {
      for (const item of page.items) items.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  async #object(
    method: 'GET' | 'PUT' | 'PATCH',
    verb: string,
    { name, namespace }: ObjectName,
    content: { readonly body: unknown; readonly contentType?: string } | undefined,
    options: WriteOptions,
    query: Readonly<Record<string, QueryValue>> = {},
  ): Promise<KubernetesObject> {
    const asked = { name, ...(namespace === undefined ? {} : { namespace }) };
    const path = objectPath(this.resource, asked, options.subresource);
    const resource =
      options.subresource === undefined ? this.resource.plural : `${this.resource.plural}/${options.subresource}`;
    const answer = await this.rest.request(method, path, {
      ...pick(options),
      ...content,
      label: { verb, resource },
      query: { ...writeQuery(options), ...query },
    });
    return this.#parseObject(verb, answer, asked);
  }

  /** One page as large as it may be; undefined when it has to be asked for anew, in a smaller size. */
  async #sizedPage(options: PageOptions, size: PageSize): Promise<ListPage | undefined> {
    const { maxAnswerBytes } = this.rest;
    let bytes = 0;
    try {
      const page = await this.listPage({
        ...options,
        limit: size.limit,
        maxAnswerBytes: size.limit === 1 ? maxAnswerBytes : Math.min(maxAnswerBytes, mostPageBytes),
        onBody: (length) => (bytes = length),
      });
      size.seen(page.items.length, bytes);
      return page;
    } catch (error) {
      if (TransportError.isInstance(error) && error.kind === 'too-large' && size.shrink()) return undefined;
      throw error;
    }
  }

  #noList(reason: string): TransportError {
    return new TransportError(`list ${this.resource.plural}: ${reason}`, { kind: 'protocol', outcome: 'unknown' });
  }

  #parseObject(verb: string, answer: unknown, asked: ObjectName): KubernetesObject {
    const object = this.#parse(verb, () => {
      const parsed = asAnswerAbout(answer, this.resource, asked);
      if (typeof parsed === 'string') throw new TypeError(`the answer ${parsed}`);
      return parsed;
    });
    this.rest.history.see(object.metadata.resourceVersion ?? '', this.resource);
    return object;
  }

  #parse<Value>(verb: string, parse: () => Value): Value {
    try {
      return parse();
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      throw new TransportError(`${verb} ${this.resource.plural}: ${message}`, {
        kind: 'protocol',
        outcome: 'unknown',
        cause: error,
      });
    }
  }
}

function pick({
  signal,
  deadline,
  immediate,
  maxAnswerBytes,
  onBody,
}: CallOptions & Pick<RequestOptions, 'maxAnswerBytes' | 'onBody'>): RequestOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(immediate === undefined ? {} : { immediate }),
    ...(maxAnswerBytes === undefined ? {} : { maxAnswerBytes }),
    ...(onBody === undefined ? {} : { onBody }),
  };
}

function writeQuery({ dryRun, fieldManager }: CallOptions): Readonly<Record<string, QueryValue>> {
  return { dryRun: dryRun ? 'All' : undefined, fieldManager };
}

/**
 * A page of a list at a version is by default that very version, which a watch may be refused to start from; asked like
 * this it is at least as new. (The server refuses a version beside a token: the token has its own.)
 */
function notOlderThan(resourceVersion: string | undefined): Readonly<Record<string, string>> {
  if (resourceVersion === undefined || resourceVersion === '') return {};
  return resourceVersion === '0' ? { resourceVersion } : { resourceVersion, resourceVersionMatch: 'NotOlderThan' };
}
