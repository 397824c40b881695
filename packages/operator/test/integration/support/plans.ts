import { apiVersionOf, isForbidden, isNotFound, leases, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { stringify } from 'yaml';
import { loadNetwork } from '../../../src/network/load-network.ts';
import * as own from '../../../src/network/resources.ts';
import { runCli } from '../../cli/run-cli.ts';
import { runLive } from './operator-process.ts';
import { configMaps, egressNodes } from './resources.ts';

type Objects = readonly Readonly<Record<string, unknown>>[];

/** The objects that a plan is made from, as `kubectl get` prints them. */
export async function printedObjects(rest: RestClient, network: string): Promise<Objects> {
  const { kinds } = await loadNetwork(network);
  const resources = [
    own.egressIPAMs,
    own.namespaces,
    own.nodes,
    own.services,
    ...own.serviceCIDRs,
    configMaps,
    egressNodes,
    leases,
    ...kinds.filter(({ momentary }) => momentary !== true).map(own.resourceRead),
  ];
  const lists = resources.map(async (resource) => {
    const { items } = await new ResourceClient(rest, resource).list().catch((error: unknown) => {
      if (isNotFound(error) || isForbidden(error)) return { items: [] };
      throw error;
    });
    return items.map((item) => ({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }));
  });
  return (await Promise.all(lists)).flat();
}

const flags = (network: string): readonly string[] => ['--network', network, ...common];
const common = ['-o', 'json', '--time', '2030-01-01T00:00:00Z', '--namespace', 'default'];

/** The plan of objects in a file, and what is said of them. */
export async function planOf(
  objects: Objects,
  network: string,
): Promise<{ readonly plan: unknown; readonly error: string }> {
  const input = stringify({ apiVersion: 'v1', kind: 'List', items: objects }, { aliasDuplicateObjects: false });
  const { out, error } = await runCli(['plan', '-', ...flags(network)], { input });
  return { plan: JSON.parse(out), error };
}

/** The plan of a cluster that is looked at. */
export async function planLive(kubeconfig: string, network: string): Promise<unknown> {
  return JSON.parse((await runLive(kubeconfig, 'plan', ...flags(network))).text);
}
