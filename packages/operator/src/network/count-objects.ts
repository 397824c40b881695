import type { ResourceReference } from '@egressip-ipam/core';
import { isForbidden, isNotFound, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { resourceOf } from './resources.ts';

/**
 * How many objects of a kind a namespace has, by a list of one object; undefined where that is not permitted, or not
 * told.
 *
 * @throws what the client throws of anything else
 */
export async function countObjects(
  rest: RestClient,
  kind: ResourceReference,
  namespace: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  try {
    const { items, continueToken, remainingItemCount } = await new ResourceClient(
      rest,
      resourceOf(kind, true),
    ).listPage({ namespace, limit: 1, ...(signal === undefined ? {} : { signal }) });
    if (continueToken === undefined) return items.length;
    return remainingItemCount === undefined ? undefined : items.length + remainingItemCount;
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return undefined;
    throw error;
  }
}
