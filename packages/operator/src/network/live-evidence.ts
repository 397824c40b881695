import { type ClusterEvidence, type NetworkBackend, type NetworkKind, type ServedKind } from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';
import {
  apiVersionOf,
  isForbidden,
  isNotFound,
  openApiDocument,
  ResourceClient,
  servedResources,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { definitionOf, kindKey, networkEvidence, nodeEvidence } from './evidence.ts';
import { configMaps, definitions, networks, nodes, resourceRead, serviceCIDRs } from './resources.ts';

/** So many nodes are enough to see what a network writes on them. */
const mostNodes = 50;

/**
 * Gathers from a cluster what back ends may recognise their networks by. What may not be read is left out.
 *
 * @throws ApiError or TransportError when the cluster cannot be asked
 */
export async function gatherEvidence(rest: RestClient, backends: readonly NetworkBackend[]): Promise<ClusterEvidence> {
  // What tells of the moment alone tells nothing of which network there is, and may not be read where that is another
  // one.
  const kinds = new Map(
    backends.flatMap((backend) =>
      backend.kinds
        .filter(({ momentary }) => momentary !== true)
        .map((kind) => {
          const readsDefinition = backend.readsDefinitions === true && kind.optional !== true;
          return [kindKey(kind.resource), { kind, readsDefinition }] as const;
        }),
    ),
  );
  const documents = new Map<string, Promise<unknown>>();
  const schemaOf = ({ resource }: NetworkKind): Promise<unknown> => {
    const apiVersion = apiVersionOf(resource);
    const document = documents.get(apiVersion) ?? openApiDocument(rest, apiVersion).catch(() => undefined);
    documents.set(apiVersion, document);
    return document;
  };
  const [isServed, announced, someNodes] = await Promise.all([
    servedBy(
      rest,
      [...kinds.values()].map(({ kind }) => kind),
    ),
    announcedNetwork(rest),
    new ResourceClient(rest, nodes).first(mostNodes),
  ]);
  // Those of a network that is not there are not asked for: a role for each would be needed.
  const maps = await readConfigMaps(
    rest,
    backends.filter((backend) => backend.kinds.some(isServed)),
  );
  const served = await Promise.all(
    [...kinds]
      .filter(([, { kind }]) => isServed(kind))
      .map(async ([key, { kind, readsDefinition }]) => {
        const read = await readServedKind(rest, kind, readsDefinition, schemaOf).catch((error: unknown) => {
          // What a cluster may lack is done without where it may not be read.
          if (kind.optional === true && isForbidden(error)) return undefined;
          throw error;
        });
        return read === undefined ? [] : [[key, read] as const];
      }),
  );
  return {
    served: new Map(served.flat()),
    nodes: someNodes.map(nodeEvidence),
    ...announced,
    ...(maps.size === 0 ? {} : { configMaps: maps }),
  };
}

/** Whether the cluster serves each of some kinds: one question per apiVersion. */
export async function servedBy(
  rest: RestClient,
  kinds: readonly Pick<NetworkKind, 'resource'>[],
): Promise<(kind: Pick<NetworkKind, 'resource'>) => boolean> {
  const versions = [...new Set(kinds.map(({ resource }) => apiVersionOf(resource)))];
  const served = await Promise.all(
    versions.map(async (version) =>
      ((await servedResources(rest, version)) ?? []).map(({ name }) => `${version}/${name}`),
    ),
  );
  const names = new Set(served.flat());
  return ({ resource }) => names.has(`${apiVersionOf(resource)}/${resource.plural}`);
}

async function readServedKind(
  rest: RestClient,
  kind: NetworkKind,
  readsDefinition: boolean,
  schemaOf: (kind: NetworkKind) => Promise<unknown>,
): Promise<ServedKind> {
  const isCustom = kind.resource.group !== '';
  const [isUsed, document, definition] = await Promise.all([
    hasAny(rest, kind),
    isCustom ? schemaOf(kind) : undefined,
    isCustom && readsDefinition
      ? readOptional(new ResourceClient(rest, definitions).get({ name: kindKey(kind.resource) }))
      : undefined,
  ]);
  return { isUsed, ...definitionOf(kind.resource, document, definition) };
}

async function hasAny(rest: RestClient, kind: NetworkKind): Promise<boolean> {
  const { namespace, name } = kind;
  const selection = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
  };
  const page = await new ResourceClient(rest, resourceRead(kind)).listPage({ ...selection, limit: 1 });
  return page.items.length > 0;
}

/** What OpenShift says of its network; nothing where it says nothing, or may not be asked. */
async function announcedNetwork(rest: RestClient): Promise<Pick<ClusterEvidence, 'announced' | 'clusterNetworks'>> {
  const isServed = await servedBy(rest, [{ resource: networks }]);
  if (!isServed({ resource: networks })) return {};
  return networkEvidence(await readOptional(new ResourceClient(rest, networks).get({ name: 'cluster' })));
}

/** The kind that tells the networks of Services, as it is served; undefined where it is not, or may not be read. */
export async function readableServiceCIDRs(rest: RestClient): Promise<Resource | undefined> {
  const isServed = await servedBy(
    rest,
    serviceCIDRs.map((resource) => ({ resource })),
  );
  const resource = serviceCIDRs.find((candidate) => isServed({ resource: candidate }));
  if (resource === undefined) return undefined;
  const page = await readOptional(new ResourceClient(rest, resource).listPage({ limit: 1 }));
  return page === undefined ? undefined : resource;
}

async function readConfigMaps(
  rest: RestClient,
  backends: readonly NetworkBackend[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const client = new ResourceClient(rest, configMaps);
  const read = [...new Set(backends.flatMap((backend) => backend.configMaps ?? []))].map(async (key) => {
    const [namespace = '', name = ''] = key.split('/', 2);
    const map = await readOptional(client.get({ namespace, name }));
    return isRecord(map?.['data']) ? [[key, map['data'] as Readonly<Record<string, string>>] as const] : [];
  });
  return new Map((await Promise.all(read)).flat());
}

/** What is read; undefined where it is not there, or may not be read. */
async function readOptional<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  }
}
