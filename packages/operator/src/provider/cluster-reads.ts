import type { ClusterObjects, ClusterRead } from '@egressip-ipam/core';
import { isForbidden, Reflector, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { servedBy } from '../network/live-evidence.ts';
import { resourceOf } from '../network/resources.ts';

/** Objects of the cluster that a provider reads, as they are now. */
export interface ClusterReads {
  readonly objects: ClusterObjects;
  stop(): Promise<void>;
}

/** What may not be read is not waited for: the provider's other sources serve then. */
const longestWait = 5_000;

/**
 * Watches what a provider wants to read of the cluster; resolves when it is known, or cannot be. Without a namespace of
 * the operator, nothing is looked for there.
 *
 * @throws ApiError or TransportError when the cluster cannot be asked what it serves
 */
export async function watchReads(
  rest: RestClient,
  reads: readonly ClusterRead[],
  operatorNamespace: string | undefined,
  onError: (error: unknown) => void,
): Promise<ClusterReads> {
  const watched = (
    await findPlaces(
      rest,
      reads.filter(({ onlyToChoose }) => onlyToChoose !== true),
      operatorNamespace,
    )
  ).map(({ client, selection, keep }) => {
    const reflector = new Reflector<object>({
      client,
      ...selection,
      project: keep,
      onError: (error, _retry, isRepeated) => {
        if (!isRepeated) onError(error);
      },
    });
    reflector.start();
    return { kind: client.resource.kind, reflector };
  });
  const known = Promise.all(watched.map(({ reflector }) => reflector.whenSynced()));
  await Promise.race([known, new Promise((resolve) => setTimeout(resolve, longestWait).unref())]);
  return {
    objects: (kind) => watched.flatMap((entry) => (entry.kind === kind ? [...entry.reflector.store.values()] : [])),
    stop: async () => void (await Promise.all(watched.map(({ reflector }) => reflector.stop()))),
  };
}

/**
 * Reads what a provider wants once; what may not be read is not there.
 *
 * @throws ApiError or TransportError when the cluster cannot be asked
 */
export async function readOnce(
  rest: RestClient,
  reads: readonly ClusterRead[],
  operatorNamespace: string | undefined,
): Promise<ClusterObjects> {
  const lists = (await findPlaces(rest, reads, operatorNamespace)).map(async (place) => {
    const items = await readAll(place).catch((error: unknown) => {
      if (isForbidden(error)) return [];
      throw error;
    });
    return { kind: place.client.resource.kind, items };
  });
  const known = await Promise.all(lists);
  return (kind) => known.flatMap((entry) => (entry.kind === kind ? entry.items : []));
}

/** All objects of a place, of which no more than a page is here as a whole. */
async function readAll({ client, selection, keep }: Place): Promise<readonly object[]> {
  const kept: object[] = [];
  for await (const { items } of client.pages(selection)) kept.push(...items.map(keep));
  return kept;
}

interface Place {
  readonly client: ResourceClient;
  readonly keep: (object: object) => object;
  readonly selection: { readonly namespace?: string; readonly fieldSelector?: string };
}

async function findPlaces(
  rest: RestClient,
  reads: readonly ClusterRead[],
  operatorNamespace: string | undefined,
): Promise<readonly Place[]> {
  const isServed = await servedBy(rest, reads);
  return reads.filter(isServed).flatMap((read) => {
    const namespace = typeof read.namespace === 'object' ? operatorNamespace : read.namespace;
    if (read.namespace !== undefined && namespace === undefined) return [];
    const selection = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(read.name === undefined ? {} : { fieldSelector: `metadata.name=${read.name}` }),
    };
    const client = new ResourceClient(rest, resourceOf(read.resource, namespace !== undefined));
    return [{ client, selection, keep: read.keep ?? ((object) => object) }];
  });
}
