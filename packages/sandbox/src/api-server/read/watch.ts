import type { ServerResponse } from 'node:http';
import type { ApiObject } from '../api-object.ts';
import type { ApiContext } from '../context.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { groupVersion } from '../resources/resource-definition.ts';
import { forbiddenValue } from '../schema/field-error.ts';
import { serialise } from '../serialise.ts';
import { expired, invalid } from '../status-errors.ts';
import type { StoreEvent } from '../store.ts';
import { parseRevision } from './revision.ts';
import type { Selector } from './selectors.ts';
import { parseSelectors } from './selectors.ts';
import { viewIn } from './view.ts';

/** A watch that is open. */
export interface OpenWatch {
  /** Sends a bookmark, if the watch asked for them. */
  bookmark(): void;
  /** Ends the stream. */
  close(): void;
}

/** A watch whose client reads nothing is cut off beyond this many bytes, so that it cannot fill the memory. */
const maximumBacklog = 256 * 1024 * 1024;

/**
 * WATCH: streams the changes after a revision, one JSON object a line; without a revision, what there is comes first.
 * Returns at once; the stream goes on until the client, its timeout or the server ends it.
 *
 * @throws StatusError before anything is sent
 */
export function startWatch(
  context: ApiContext,
  target: { readonly resource: ResourceDefinition; readonly namespace: string; readonly query: URLSearchParams },
  response: ServerResponse,
  onClose: (watch: OpenWatch) => void,
): OpenWatch {
  const { resource, namespace, query } = target;
  const selects = parseSelectors(query, resource, namespace);
  const since = parseRevision(query.get('resourceVersion'));
  const sendsInitial = initialEventsRequested(query);
  const bookmarks = ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? '');
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();

  const send = (type: string, text: string): void => {
    response.write(`{"type":"${type}","object":${text}}\n`);
    if (response.writableLength > maximumBacklog) response.destroy();
  };
  const sendEvent = (event: StoreEvent): void => {
    const visible = visibleEvent(event, selects);
    if (visible) send(visible.type, serialise(viewIn(resource, visible.object)));
  };
  const bookmark = (annotations?: Record<string, string>): void => {
    if (!bookmarks) return;
    const metadata = { resourceVersion: String(context.store.revision()), ...(annotations && { annotations }) };
    send('BOOKMARK', JSON.stringify({ kind: resource.kind, apiVersion: groupVersion(resource), metadata }));
  };

  const watch: OpenWatch = { bookmark: () => bookmark(), close: () => response.end() };
  const replayed = replay();
  if (!replayed) {
    response.end();
    return watch;
  }
  const unsubscribe = context.store.subscribe(resource.storageKey, sendEvent);
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  const timer = seconds > 0 ? setTimeout(endInTime, seconds * 1000) : undefined;
  timer?.unref();
  response.on('close', () => {
    unsubscribe();
    clearTimeout(timer);
    onClose(watch);
  });
  return watch;

  function endInTime(): void {
    bookmark();
    response.end();
  }

  /** What the client has to catch up with; false when that is forgotten, which it has been told then. */
  function replay(): boolean {
    const { store } = context;
    const fromNow = since === undefined || since === 0 || sendsInitial;
    if (fromNow) {
      for (const [, object] of store.snapshot(resource.storageKey)?.entries ?? []) {
        if (selects(object)) send('ADDED', serialise(viewIn(resource, object)));
      }
      if (sendsInitial) bookmark({ 'k8s.io/initial-events-end': 'true' });
      return true;
    }
    const missed = store.eventsSince(resource.storageKey, since);
    if (!missed) {
      const status = expired(`too old resource version: ${since} (${store.revision()})`).toStatus();
      send('ERROR', JSON.stringify(status));
      return false;
    }
    missed.forEach(sendEvent);
    return true;
  }
}

function initialEventsRequested(query: URLSearchParams): boolean {
  if (query.get('sendInitialEvents') !== 'true') return false;
  if (query.get('resourceVersionMatch') === 'NotOlderThan') return true;
  throw invalid('meta.k8s.io', 'ListOptions', '', [
    forbiddenValue('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
  ]);
}

/** An event as a watch with a selector sees it: an object that begins to match is added, one that ceases is deleted. */
function visibleEvent(
  { type, object, previous }: StoreEvent,
  selects: Selector,
): { type: string; object: ApiObject } | undefined {
  const before = previous !== undefined && selects(previous);
  if (type === 'DELETED') return before ? { type, object } : undefined;
  const after = selects(object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before || !previous) return undefined;
  // The state that still matched, under the revision at which it ceased to.
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion } } };
}
