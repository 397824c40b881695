import {
  type CloudProvider,
  type CreateProvider,
  type ProviderContext,
  type ProviderDescription,
  type ProviderModule,
} from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';
import { importPlugIn } from '../built-in/import-plug-in.ts';
import { builtInProviders } from '../built-in/providers.ts';
import { describeError } from './contained-provider.ts';

const longestLoad = 30_000;

/**
 * Loads the module of a provider: a built-in one, the name of an installed package, or the path of a module
 * (`./provider.js`), which exports `createProvider`.
 *
 * @throws Error when there is no such package, or it exports no createProvider
 */
export async function loadProviderModule(name: string): Promise<ProviderModule> {
  const module = await inTime(name, importPlugIn('provider', name, builtInProviders));
  if (!isRecord(module) || typeof module['createProvider'] !== 'function')
    throw new Error(
      `provider "${name}" exports no function createProvider; see the provider contract of @egressip-ipam/core`,
    );
  const { createProvider, description } = module as Partial<ProviderModule> & Pick<ProviderModule, 'createProvider'>;
  const problem = description === undefined ? undefined : problemOfDescription(description);
  if (problem !== undefined) throw new Error(`provider "${name}" is no provider of contract v1: ${problem}`);
  return { createProvider, ...(description === undefined ? {} : { description }) };
}

/**
 * What is known of a provider without making it; of a plug-in that says nothing of itself, that it attaches.
 *
 * @throws Error when there is no such provider
 */
export async function describeProvider(name: string): Promise<ProviderDescription> {
  const { description } = await loadProviderModule(name);
  return (
    description ?? {
      specificationVersion: 'v1',
      name,
      platforms: { types: [], providerIDPrefixes: [] },
      capabilities: { attach: true },
    }
  );
}

/** What is known of the providers that are built in. None of them loads a cloud's SDK for that. */
export async function describeBuiltInProviders(): Promise<readonly ProviderDescription[]> {
  const modules = await Promise.all(Object.keys(builtInProviders).map(loadProviderModule));
  return modules.flatMap(({ description }) => description ?? []);
}

/**
 * Makes a provider.
 *
 * @throws Error when what it makes is no provider
 */
export async function makeProvider(
  name: string,
  { createProvider }: ProviderModule,
  context: ProviderContext,
): Promise<CloudProvider> {
  const provider: unknown = await inTime(name, create(name, createProvider, context));
  const problem = problemOf(provider);
  if (problem !== undefined) throw new Error(`provider "${name}" is no provider of contract v1: ${problem}`);
  return provider as CloudProvider;
}

async function create(name: string, createProvider: CreateProvider, context: ProviderContext): Promise<unknown> {
  try {
    return await createProvider(context);
  } catch (error) {
    throw new Error(`provider "${name}" cannot be made: ${describeError(error).message}`, { cause: error });
  }
}

/** A module may wait at its top level, or in createProvider, for what never comes. */
async function inTime(name: string, work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`provider "${name}" was not there within ${longestLoad / 1000} s`)),
      longestLoad,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function problemOf(provider: unknown): string | undefined {
  if (!isRecord(provider)) return 'createProvider returns no object';
  return (
    problemOfDescription(provider) ??
    ['observe', 'apply']
      .filter((method) => typeof provider[method] !== 'function')
      .map((method) => `${method} is no function`)[0]
  );
}

function problemOfDescription(description: object): string | undefined {
  const entries = description as Readonly<Record<string, unknown>>;
  if (entries['specificationVersion'] !== 'v1')
    return `specificationVersion is ${JSON.stringify(entries['specificationVersion'])}, "v1" is expected`;
  if (typeof entries['name'] !== 'string') return 'name is missing';
  const { capabilities } = entries;
  if (!isRecord(capabilities)) return 'capabilities are missing';
  if (typeof capabilities['attach'] !== 'boolean') return 'capabilities.attach is neither true nor false';
  return entries['fromObjects'] === undefined || isPlatformInObjects(entries['fromObjects'])
    ? undefined
    : 'fromObjects has not a list of kinds, each with a resource and a function read, and a function observe';
}

function isPlatformInObjects(value: unknown): boolean {
  if (!isRecord(value) || typeof value['observe'] !== 'function') return false;
  const { kinds } = value;
  return (
    Array.isArray(kinds) &&
    kinds.every(
      (kind) =>
        isRecord(kind) &&
        typeof kind['read'] === 'function' &&
        isRecord(kind['resource']) &&
        typeof kind['resource']['kind'] === 'string' &&
        typeof kind['resource']['group'] === 'string',
    )
  );
}
