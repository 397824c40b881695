import { agentLeaseName, egressNodes, readEgressNode, type EgressNode, type Wish } from '@egressip-ipam/agent';
import type { CloudProvider, ProviderChange } from '@egressip-ipam/core';
import { leases, ResourceClient } from '@egressip-ipam/kube';
import type { Cut } from '@egressip-ipam/sandbox';
import { createAgentProvider } from '../../src/create-agent-provider.ts';
import {
  eventually,
  namespace,
  startAgentMachines,
  type AgentMachines,
  type AgentMachinesOptions,
} from './agent-machines.ts';

/** A cluster of machines with real agents, and their provider. */
export interface AgentCluster extends AgentMachines {
  readonly provider: CloudProvider;
  node(name: string): Promise<EgressNode>;
  /** Writes wishes as a person would, past the provider. */
  wish(name: string, wishes: readonly Wish[]): Promise<void>;
  attach(address: string, node: string): Promise<string>;
  move(address: string, from: string, node: string): Promise<string>;
  setCuts(cuts: readonly Cut[]): Promise<void>;
  /** Stops the API server for everybody, and starts it again. */
  pauseServer(isPaused: boolean): Promise<void>;
}

const rosterOfLease = 'egressip-ipam-operator.redhat-cop.io/counted-roster';
/** Milliseconds within which all agents must be there. */
const startLimit = 50_000;

/** Makes it, with all agents running and counted. */
export async function startAgentCluster(
  options: Pick<
    AgentMachinesOptions,
    'names' | 'term' | 'urlFor' | 'segments' | 'linksOf' | 'preloadOf' | 'prepare' | 'instead'
  > = {},
): Promise<AgentCluster> {
  const machines = await startAgentMachines(options);
  const { names, rest, network } = machines;
  const provider = createAgentProvider({ rest, namespace });
  const nodes = new ResourceClient(rest, egressNodes);
  const signal = new AbortController().signal;
  const apply = async (change: ProviderChange): Promise<string> => {
    const [result] = await provider.apply({ changes: [change], signal });
    return result?.outcome === 'failed' ? `${result.error.class}: ${result.error.message}` : 'done';
  };
  const node = async (name: string): Promise<EgressNode> => readEgressNode(await nodes.get({ name }));
  const isCounted = async (name: string): Promise<boolean> => {
    const { metadata } = await new ResourceClient(rest, leases).get({ name: agentLeaseName(name), namespace });
    return Number(metadata.annotations?.[rosterOfLease] ?? 0) > 0 && (await node(name)).status.observedGeneration > 0;
  };
  await eventually(
    () => `all agents are counted; they said ${JSON.stringify(names.map(machines.log))}`,
    async () => {
      await provider.observe({ nodes: [], cidrs: [], signal });
      return (await Promise.all(names.map(isCounted))).every(Boolean);
    },
    startLimit,
  );
  return {
    ...machines,
    provider,
    node,
    wish: async (name, wishes) => void (await nodes.mergePatch({ name }, { spec: { addresses: wishes } })),
    attach: (address, to) => apply({ type: 'attach', address, node: { name: to } }),
    move: (address, from, to) => apply({ type: 'move', address, from: { name: from }, node: { name: to } }),
    setCuts: (cuts) => network.setCuts(cuts),
    pauseServer: (isPaused) => network.setCuts(isPaused ? names.map((name) => [name, 'api'] as const) : []),
    close: async () => {
      await provider.close?.();
      await machines.close();
    },
  };
}
