import type { IncomingMessage } from 'node:http';
import { apiErrorFrom, type ApiError } from '../errors/api-error.ts';
import { printable } from '../errors/printable.ts';
import { tooLargeError, TransportError } from '../errors/transport-error.ts';
import { asKubernetesObject, isRecord, type KubernetesObject } from '../object/object.ts';
import type { ResourceClient, Selection } from '../resource/resource-client.ts';
import { collectionPath, type Resource } from '../object/resource.ts';
import { GatheredBytes } from '../rest/gathered-bytes.ts';
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
  /** The server accepted the watch. */
  readonly onOpen?: () => void;
}

/**
 * Watches a collection until the server or the signal ends it.
 *
 * @throws ApiError when the server refuses the watch
 * @throws TransportError when the connection cannot be made, breaks, or the signal ends it
 */
export async function* watch(
  client: ResourceClient,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal } = options;
  const path = collectionPath(client.resource, namespace);
  const response = await client.rest.open(path, {
    signal,
    deadline: 10_000,
    label: { verb: 'watch', resource: client.resource.plural },
    query: { watch: true, allowWatchBookmarks: true, labelSelector, fieldSelector, resourceVersion, timeoutSeconds },
  });
  options.onOpen?.();
  const name = `watch ${path}`;
  try {
    for await (const line of lines(response, client.rest.maxAnswerBytes))
      yield parseEvent(name, line, client.resource, namespace);
  } catch (error) {
    throw toTransportError(name, signal.aborted ? signal.reason : error, 'unknown', false);
  } finally {
    response.destroy();
  }
}

// Lines are cut as bytes and each becomes its own string: none keeps a whole network buffer in memory.
async function* lines(response: IncomingMessage, limit: number): AsyncGenerator<string, void, undefined> {
  const line = new GatheredBytes(limit);
  const add = (piece: Buffer): void => {
    if (!line.add(piece)) throw tooLargeError('a line', { limit, received: line.length });
  };
  for await (const chunk of response) {
    let rest = toBuffer(chunk);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      add(rest.subarray(0, end));
      const text = line.take().toString('utf8');
      rest = rest.subarray(end + 1);
      if (text !== '') yield text;
    }
    if (rest.length > 0) add(rest);
  }
}

function parseEvent(name: string, line: string, resource: Resource, within: string | undefined): WatchEvent {
  const event = parseLine(name, line);
  const { object } = event;
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const parsed = asKubernetesObject(object, resource, within);
      // What it would have told is not known now.
      if (typeof parsed === 'string') throw protocolError(`${name}: the object of an event ${parsed}`);
      return { type: eventTypes[event.type], object: parsed };
    }
    case 'BOOKMARK': {
      const resourceVersion =
        isRecord(object) && isRecord(object.metadata) ? object.metadata.resourceVersion : undefined;
      if (typeof resourceVersion !== 'string' || resourceVersion === '')
        throw protocolError(`${name}: a bookmark has no metadata.resourceVersion`);
      return { type: 'bookmark', resourceVersion };
    }
    case 'ERROR': {
      const code = isRecord(object) && typeof object.code === 'number' ? object.code : 500;
      return { type: 'error', error: apiErrorFrom(name, code, object) };
    }
    default:
      throw protocolError(
        `${name}: the type of an event is ${typeof event.type === 'string' ? JSON.stringify(printable(event.type, 80)) : typeof event.type}`,
      );
  }
}

const eventTypes = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

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
