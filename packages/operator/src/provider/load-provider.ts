import { ProviderError, type CloudProvider, type CreateProvider, type ProviderContext } from '@egressip-ipam/core';
import { isPath, locateProvider } from './locate-provider.ts';

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
  const module = await (builtIn[name] ?? (() => importModule(name)))();
  if (!hasCreateProvider(module)) throw new Error(`provider "${name}" exports no function createProvider; see the provider contract of @egressip-ipam/core`);
  const provider: unknown = await module.createProvider(context);
  const missing = problemOf(provider);
  if (missing !== undefined) throw new Error(`provider "${name}" is no provider of contract v1: ${missing}`);
  return provider as CloudProvider;
}

async function importModule(name: string): Promise<unknown> {
  const url = locateProvider(name);
  if (url === undefined) throw new Error(`there is no provider "${name}": ${isPath(name) ? 'no such file' : `baremetal and aws are built in; any other has to be installed as an npm package of that name beside the operator (npm install ${name})`}`);
  try {
    return await import(url);
  } catch (error) {
    throw new Error(`provider "${name}" cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
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
  if (typeof entries['capabilities'] !== 'object' || entries['capabilities'] === null) return 'capabilities are missing';
  return ['observe', 'apply'].filter((method) => typeof entries[method] !== 'function').map((method) => `${method} is no function`)[0];
}

/** What went wrong as a provider says it; errors of other kinds are of unknown effect. */
export function describeError(error: unknown): ProviderError['description'] {
  if (ProviderError.isInstance(error)) return error.description;
  return { class: 'unknown', message: error instanceof Error ? error.message : String(error) };
}
