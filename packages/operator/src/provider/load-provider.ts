import { type CloudProvider, type CreateProvider, type ProviderContext } from '@egressip-ipam/core';
import { describeError } from './contained-provider.ts';
import { isPath, locateProvider } from './locate-provider.ts';

const longestLoad = 30_000;

/** Providers that come with the operator; what a deployment never uses is never loaded. */
const builtIn: Readonly<Record<string, () => Promise<unknown>>> = {
  baremetal: () => import('@egressip-ipam/provider-baremetal'),
  aws: () => import('@egressip-ipam/provider-aws'),
};

/**
 * Makes the provider of a name: `baremetal`, `aws`, the name of an installed package, or the path of a
 * module (`./provider.js`), which exports `createProvider`.
 *
 * @throws Error when there is no such package, or what it exports is no provider
 */
export async function loadProvider(name: string, context: ProviderContext): Promise<CloudProvider> {
  const module = await inTime(name, (builtIn[name] ?? (() => importModule(name)))());
  if (!hasCreateProvider(module)) throw new Error(`provider "${name}" exports no function createProvider; see the provider contract of @egressip-ipam/core`);
  const provider: unknown = await inTime(name, create(name, module.createProvider, context));
  const missing = problemOf(provider);
  if (missing !== undefined) throw new Error(`provider "${name}" is no provider of contract v1: ${missing}`);
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
    timer = setTimeout(() => reject(new Error(`provider "${name}" was not there within ${longestLoad / 1000} s`)), longestLoad);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function importModule(name: string): Promise<unknown> {
  const url = locateProvider(name);
  if (url === undefined) throw new Error(`there is no provider "${name}": ${isPath(name) ? 'no such file' : `baremetal and aws are built in; any other has to be installed as an npm package of that name beside the operator (npm install ${name})`}`);
  try {
    return await import(url);
  } catch (error) {
    throw new Error(`provider "${name}" cannot be loaded: ${describeError(error).message}`, { cause: error });
  }
}

function hasCreateProvider(module: unknown): module is { createProvider: CreateProvider } {
  return typeof module === 'object' && module !== null && 'createProvider' in module && typeof module.createProvider === 'function';
}

function problemOf(provider: unknown): string | undefined {
  if (typeof provider !== 'object' || provider === null) return 'createProvider returns no object';
  const entries = provider as Readonly<Record<string, unknown>>;
  if (entries['specificationVersion'] !== 'v1') return `specificationVersion is ${JSON.stringify(entries['specificationVersion'])}, "v1" is expected`;
  if (typeof entries['name'] !== 'string') return 'name is missing';
  const { capabilities, close } = entries;
  if (typeof capabilities !== 'object' || capabilities === null) return 'capabilities are missing';
  for (const method of ['observe', 'apply']) if (typeof entries[method] !== 'function') return `${method} is no function`;
  if (close !== undefined && typeof close !== 'function') return 'close is no function';
  return 'attach' in capabilities && typeof capabilities.attach === 'boolean' ? undefined : 'capabilities.attach is neither true nor false';
}

