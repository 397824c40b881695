import { ProviderError, type CloudProvider, type CreateProvider, type ProviderContext } from '@egressip-ipam/core';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

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
  const module = await (builtIn[name] ?? (() => importPackage(name)))();
  if (!hasCreateProvider(module)) throw new Error(`provider "${name}" exports no function createProvider; see the provider contract of @egressip-ipam/core`);
  const provider: unknown = await module.createProvider(context);
  const missing = problemOf(provider);
  if (missing !== undefined) throw new Error(`provider "${name}" is no provider of contract v1: ${missing}`);
  return provider as CloudProvider;
}

async function importPackage(name: string): Promise<unknown> {
  try {
    return await import(locate(name));
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw new Error(`provider "${name}" cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    throw new Error(`there is no provider "${name}": baremetal and aws are built in; any other has to be installed as an npm package of that name beside the operator (npm install ${name})`, { cause: error });
  }
}

/** Where a provider's module is: a path from here, or a package installed here or beside the operator. */
function locate(name: string): string {
  if (name.startsWith('.') || isAbsolute(name)) return pathToFileURL(resolve(name)).href;
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve(name)).href;
    } catch (error) {
      if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return name;
}

function hasCreateProvider(module: unknown): module is { createProvider: CreateProvider } {
  return typeof module === 'object' && module !== null && 'createProvider' in module && typeof module.createProvider === 'function';
}

function problemOf(provider: unknown): string | undefined {
  if (typeof provider !== 'object' || provider === null) return 'createProvider returns no object';
  const entries = provider as Readonly<Record<string, unknown>>;
  if (entries['specificationVersion'] !== 'v1') return `specificationVersion is ${JSON.stringify(entries['specificationVersion'])}, "v1" is expected`;
  if (typeof entries['name'] !== 'string') return 'name is missing';
  if (typeof entries['capabilities'] !== 'object' || entries['capabilities'] === null) return 'capabilities are missing';
  return ['observe', 'apply'].filter((method) => typeof entries[method] !== 'function').map((method) => `${method} is no function`)[0];
}

/** What went wrong as a provider says it; errors of other kinds are of unknown effect. */
export function describeError(error: unknown): ProviderError['description'] {
  if (ProviderError.isInstance(error)) return error.description;
  return { class: 'unknown', message: error instanceof Error ? error.message : String(error) };
}
