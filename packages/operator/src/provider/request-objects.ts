import type { ClusterRequest } from '@egressip-ipam/core';
import { isAlreadyExists, isKubernetesObject, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { setTimeout as delay } from 'node:timers/promises';
import { servedBy } from '../network/live-evidence.ts';
import { resourceOf } from '../network/resources.ts';

/** How a provider's requests are made. */
export interface RequestOptions {
  /** Ends the asking. */
  readonly signal: AbortSignal;
  /** Told of every refusal; it is asked again after a pause. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two tries. */
  readonly pause?: number;
}

const retryPause = 30_000;

/**
 * Makes the objects that a provider asks the cluster for, where their kinds are served; what is there is left as it is.
 * Never rejects.
 */
export async function requestObjects(
  rest: RestClient,
  requests: readonly ClusterRequest[],
  options: RequestOptions,
): Promise<void> {
  await Promise.all(requests.map((request) => requestObject(rest, request, options)));
}

async function requestObject(
  rest: RestClient,
  { resource, object }: ClusterRequest,
  { signal, onError, pause = retryPause }: RequestOptions,
): Promise<void> {
  if (!isKubernetesObject(object)) throw new TypeError(`a ${resource.kind} without metadata was asked for`);
  const namespaced = object.metadata.namespace !== undefined;
  while (!signal.aborted) {
    try {
      const isServed = await servedBy(rest, [{ resource }]);
      if (isServed({ resource })) await new ResourceClient(rest, resourceOf(resource, namespaced)).create(object);
      return;
    } catch (error) {
      if (isAlreadyExists(error)) return;
      onError(error);
    }
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
