import { printable } from '../errors/printable.ts';
import { asKubernetesObject, isRecord, type KubernetesObject } from '../object/object.ts';
import { apiVersionOf, type Resource } from '../object/resource.ts';

/** One page of a list. */
export interface ListPage {
  readonly items: readonly KubernetesObject[];
  /** The state of the collection that the whole list shows. */
  readonly resourceVersion: string;
  /** Token of the next page; undefined on the last one. */
  readonly continueToken: string | undefined;
  /** How many objects follow after this page, where the server tells. */
  readonly remainingItemCount?: number;
}

/**
 * Parses the answer to a list. It is believed only when it is one, of this very kind and at some version, and all its
 * items are objects of it: an answer of anything else that has no items must not look like an empty collection.
 * Items get the `apiVersion` and `kind` that lists leave out.
 *
 * @param within the namespace that was asked for; undefined: all
 * @throws TypeError that says what is wrong
 */
export function parseList(value: unknown, resource: Resource, within?: string): ListPage {
  const { kind, listKind = `${kind}List` } = resource;
  const apiVersion = apiVersionOf(resource);
  const wrong = (what: string): TypeError => new TypeError(`the answer is no ${listKind} of ${apiVersion}: ${what}`);
  if (!isRecord(value)) throw wrong('it is no object');
  if (value.kind !== listKind) throw wrong(`its kind is ${describe(value.kind)}`);
  if (value.apiVersion !== apiVersion) throw wrong(`its apiVersion is ${describe(value.apiVersion)}`);
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const { resourceVersion, continue: token, remainingItemCount: remaining } = metadata;
  if (typeof resourceVersion !== 'string' || resourceVersion === '') throw wrong('it has no metadata.resourceVersion');
  if (token !== undefined && typeof token !== 'string') throw wrong(`its metadata.continue is ${describe(token)}`);
  if (!Array.isArray(value.items)) throw wrong(`its items are ${describe(value.items)}`);
  const items = value.items.map((item: unknown, index) => {
    const object = asKubernetesObject(item, resource, within);
    if (typeof object === 'string') throw wrong(`items[${index}] ${object}`);
    return object;
  });
  return {
    items,
    resourceVersion,
    continueToken: token === '' ? undefined : token,
    ...(Number.isSafeInteger(remaining) ? { remainingItemCount: remaining as number } : {}),
  };
}

/** A value in a message: short, whatever it is. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(printable(value, 80));
  return value === null || value === undefined
    ? String(value)
    : `of type ${Array.isArray(value) ? 'array' : typeof value}`;
}
