import { isKubernetesObject, isRecord, type KubernetesObject } from './object.ts';

/** One page of a list. */
export interface ListPage {
  readonly items: readonly KubernetesObject[];
  /** The state of the collection that the whole list shows. */
  readonly resourceVersion: string;
  /** Token of the next page; undefined on the last one. */
  readonly continueToken: string | undefined;
}

/**
 * Parses a list answer. Items get the `apiVersion` and `kind` that lists leave out.
 *
 * @throws TypeError when it is no list
 */
export function parseList(value: unknown, apiVersion: string, kind: string): ListPage {
  if (!isRecord(value) || !isRecord(value.metadata) || !(Array.isArray(value.items) || value.items === null)) {
    throw new TypeError(`the answer is no list of ${kind}: it has no items or no metadata`);
  }
  const { resourceVersion, continue: token } = value.metadata;
  const items: readonly unknown[] = value.items ?? [];
  return {
    items: items.filter(isKubernetesObject).map((item) => ({ ...item, apiVersion, kind })),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    continueToken: typeof token === 'string' && token !== '' ? token : undefined,
  };
}
