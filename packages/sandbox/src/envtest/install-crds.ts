import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  isAlreadyExists,
  isKubernetesObject,
  ResourceClient,
  type KubernetesObject,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { parseAllDocuments } from 'yaml';

const customResourceDefinitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const servedMilliseconds = 30_000;

/**
 * Creates CustomResourceDefinitions and resolves when the server serves them all. Definitions that are there already
 * stay as they are; files and documents of other kinds are passed over.
 *
 * @param sources YAML files, and definitions themselves
 * @returns the names of the definitions
 * @throws Error when a definition is not served within 30 s; ApiError when the server refuses one
 */
export async function installCrds(
  rest: RestClient,
  sources: readonly (string | KubernetesObject)[],
): Promise<string[]> {
  const definitions = (
    await Promise.all(
      sources.map((source) => (typeof source === 'string' ? readDefinitions(source) : Promise.resolve(source))),
    )
  ).flat();
  const client = new ResourceClient(rest, customResourceDefinitions);
  return Promise.all(
    definitions.map(async (definition) => {
      await client.create(definition).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      });
      await untilServed(rest, client, definition.metadata.name);
      return definition.metadata.name;
    }),
  );
}

async function readDefinitions(file: string): Promise<KubernetesObject[]> {
  return parseAllDocuments(await readFile(file, 'utf8'))
    .map((document) => document.toJS() as unknown)
    .filter((object) => isKubernetesObject(object))
    .filter(({ kind }) => kind === 'CustomResourceDefinition');
}

// Established comes first; the path is served a moment later, and discovery tells of it after that.
async function untilServed(rest: RestClient, client: ResourceClient, name: string): Promise<void> {
  const end = performance.now() + servedMilliseconds;
  while (performance.now() < end) {
    const path = establishedPath(await client.get({ name }));
    if (path !== undefined && (await isDiscovered(rest, path).catch(() => false))) return;
    await wait(50);
  }
  throw new Error(`CustomResourceDefinition ${name} is not served after ${servedMilliseconds / 1000} s`);
}

async function isDiscovered(rest: RestClient, path: string): Promise<boolean> {
  const [group, plural] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  await rest.request('GET', path, { query: { limit: 1 } });
  const { resources } = (await rest.request('GET', group)) as {
    readonly resources: readonly { readonly name: string }[];
  };
  return resources.some(({ name }) => name === plural);
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function establishedPath(object: KubernetesObject): string | undefined {
  // What an API server returns of its own kind has passed its schema.
  const { spec, status } = object as KubernetesObject & Definition;
  const established = status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True');
  const version = spec.versions.find(({ served }) => served)?.name;
  return established && version !== undefined ? `/apis/${spec.group}/${version}/${spec.names.plural}` : undefined;
}
