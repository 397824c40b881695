import type { ApiContext } from '../context.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { groupVersion } from '../resources/resource-definition.ts';
import { serialise, serialiseWithoutType } from '../serialise.ts';
import { badRequest, expired } from '../status-errors.ts';
import type { Snapshot } from '../store.ts';
import { formatContinueToken, parseContinueToken } from './continue-token.ts';
import { parseRevision, tooLargeRevision } from './revision.ts';
import { parseSelectors } from './selectors.ts';
import { viewIn } from './view.ts';

/**
 * LIST: the objects at one revision, in pages when `limit` asks for them.
 *
 * @returns the JSON text of the list
 * @throws StatusError 410 when the revision of a continued or exact list is forgotten
 */
export function listObjects(
  context: ApiContext,
  resource: ResourceDefinition,
  namespace: string,
  query: URLSearchParams,
): string {
  const token = query.get('continue');
  const start = token ? parseContinueToken(token) : undefined;
  const snapshot = snapshotFor(context, resource, query, start?.revision);
  const selects = parseSelectors(query, resource, namespace);
  const { entries } = snapshot;
  const prefix = resource.namespaced && namespace ? `${namespace}/` : '';
  const matching = entries.filter(
    ([key, object]) => key.startsWith(prefix) && (!start || key > start.after) && selects(object),
  );
  const limit = Number(query.get('limit') ?? 0) || matching.length;
  const page = matching.slice(0, limit);
  const last = page.at(-1);
  const isFiltered = Boolean(query.get('labelSelector') || query.get('fieldSelector'));
  const metadata = {
    resourceVersion: String(snapshot.revision),
    ...(last &&
      matching.length > limit && {
        continue: formatContinueToken({ revision: snapshot.revision, after: last[0] }),
        ...(!isFiltered && { remainingItemCount: matching.length - limit }),
      }),
  };
  const write = resource.custom ? serialise : serialiseWithoutType;
  const items = page.map(([, object]) => write(viewIn(resource, object)));
  const { listKind } = resource;
  const head = JSON.stringify({ kind: listKind, apiVersion: groupVersion(resource), metadata });
  return `${head.slice(0, -1)},"items":[${items.join(',')}]}`;
}

function snapshotFor(
  { store }: ApiContext,
  resource: ResourceDefinition,
  query: URLSearchParams,
  continued: number | undefined,
): Snapshot {
  const asked = parseRevision(query.get('resourceVersion'));
  const match = query.get('resourceVersionMatch');
  if (continued !== undefined && asked) {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  if (asked && asked > store.revision()) throw tooLargeRevision(asked, store.revision());
  // Pages of a list at a version are by default that very version (Kubernetes API concepts, "resource versions").
  const isExact =
    match === 'Exact' ||
    (match === null && query.get('limit') !== null && query.get('limit') !== '0' && asked !== undefined && asked > 0);
  const exact = continued ?? (isExact ? asked : undefined);
  const snapshot = store.snapshot(resource.storageKey, exact);
  if (snapshot) return snapshot;
  throw expired(
    continued === undefined
      ? 'The resourceVersion for the provided list is too old.'
      : 'The provided continue parameter is too old to display a consistent list result. ' +
          'You must start a new list without the continue parameter.',
  );
}
