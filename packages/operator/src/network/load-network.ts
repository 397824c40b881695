import { type NetworkBackend } from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';
import { importPlugIn } from '../built-in/import-plug-in.ts';
import { builtInNetworks } from '../built-in/networks.ts';
import { containNetwork } from './contained-network.ts';

const methods = ['recognise', 'traits', 'createFactsReader', 'render', 'write', 'simulate', 'describe', 'explain'];

/**
 * Loads the back end of a network: a built-in one, or that of a package or a module that exports it as `network`.
 *
 * @throws Error when there is no such package, or what it exports is no back end
 */
export async function loadNetwork(name: string): Promise<NetworkBackend> {
  const module = await importPlugIn('network', name, builtInNetworks);
  const backend = isRecord(module) ? module['network'] : undefined;
  const problem = problemOf(backend);
  if (problem !== undefined) throw new Error(`network "${name}" is no back end of contract v1: ${problem}`);
  return containNetwork(backend as NetworkBackend);
}

/** Loads the back ends of all networks that are built in. */
export function loadBuiltInNetworks(): Promise<readonly NetworkBackend[]> {
  return Promise.all(Object.keys(builtInNetworks).map(loadNetwork));
}

function problemOf(backend: unknown): string | undefined {
  if (!isRecord(backend)) return 'it exports no "network"; see the network contract of @egressip-ipam/core';
  if (backend['specificationVersion'] !== 'v1')
    return `specificationVersion is ${JSON.stringify(backend['specificationVersion'])}, "v1" is expected`;
  if (typeof backend['name'] !== 'string' || typeof backend['title'] !== 'string') return 'name or title is missing';
  if (!Array.isArray(backend['kinds']) || !Array.isArray(backend['nodeAnnotations']))
    return 'kinds or nodeAnnotations are missing';
  return methods
    .filter((method) => typeof backend[method] !== 'function')
    .map((method) => `${method} is no function`)[0];
}
