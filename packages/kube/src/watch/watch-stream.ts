import type { IncomingMessage } from 'node:http';
import { apiErrorFrom, type ApiError } from '../errors/api-error.ts';
import { TransportError } from '../errors/transport-error.ts';
import { isKubernetesObject, isRecord, type KubernetesObject } from '../resource/object.ts';
import type { ResourceClient, Selection } from '../resource/resource-client.ts';
import { apiVersionOf, collectionPath } from '../resource/resource.ts';
import { toBuffer, toTransportError } from '../rest/exchange.ts';

/** What a watch delivers. A bookmark tells how far the watch has come without any object. */
export type WatchEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubernetesObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  | { readonly type: 'error'; readonly error: ApiError };

/** What a watch takes. */
export interface WatchOptions extends Selection {
  /** Events after this state. */
  readonly resourceVersion: string;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Watches a collection until the server or the signal ends it.
 *
 * @throws ApiError when the server refuses the watch
 * @throws TransportError when the connection cannot be made, breaks, or the signal ends it
 */
export async function* watch(client: ResourceClient, options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal } = options;
  const path = collectionPath(client.resource, namespace);
  const response = await client.rest.open(path, {
    signal,
    deadline: 10_000,
    label: { verb: 'watch', resource: client.resource.plural },
    query: { watch: true, allowWatchBookmarks: true, labelSelector, fieldSelector, resourceVersion, timeoutSeconds },
  });
  const name = `watch ${path}`;
  try {
    for await (const line of lines(response)) {
      const event = parseEvent(name, line, apiVersionOf(client.resource), client.resource.kind);
      if (event) yield event;
    }
  } catch (error) {
    throw toTransportError(name, signal.aborted ? signal.reason : error, 'unknown', false);
  } finally {
    response.destroy();
  }
}

// Lines are cut as bytes and each becomes its own string: none keeps a whole network buffer in memory.
async function* lines(response: IncomingMessage): AsyncGenerator<string, void, undefined> {
  let parts: Buffer[] = [];
  for await (const chunk of response) {
    let rest = toBuffer(chunk);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8');
      parts = [];
      rest = rest.subarray(end + 1);
      if (line !== '') yield line;
    }
    if (rest.length > 0) parts.push(rest);
  }
}

function parseEvent(name: string, line: string, apiVersion: string, kind: string): WatchEvent | undefined {
  const event = parseLine(name, line);
  const { object } = event;
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      // An object without a name can be of no use to anyone; it must not end the watch either.
      return isKubernetesObject(object)
        ? { type: event.type === 'ADDED' ? 'added' : event.type === 'MODIFIED' ? 'modified' : 'deleted', object: { ...object, apiVersion, kind } }
        : undefined;
    case 'BOOKMARK': {
      const resourceVersion = isRecord(object) && isRecord(object.metadata) ? object.metadata.resourceVersion : undefined;
      return typeof resourceVersion === 'string' ? { type: 'bookmark', resourceVersion } : undefined;
    }
    case 'ERROR': {
      const code = isRecord(object) && typeof object.code === 'number' ? object.code : 500;
      return { type: 'error', error: apiErrorFrom(name, code, object) };
    }
    default:
      throw protocolError(`${name}: unknown event type ${JSON.stringify(event.type)}`);
  }
}

function parseLine(name: string, line: string): Record<string, unknown> {
  try {
    const event: unknown = JSON.parse(line);
    if (isRecord(event)) return event;
  } catch (error) {
    throw protocolError(`${name}: a line is not JSON`, error);
  }
  throw protocolError(`${name}: a line is no event`);
}

function protocolError(message: string, cause?: unknown): TransportError {
  return new TransportError(message, { kind: 'protocol', outcome: 'unknown', cause });
}
