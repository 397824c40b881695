import {
  agentLeaseName,
  defaultTerm,
  egressNodes,
  inspectAgentLease,
  inspectEgressNode,
  type AgentLease,
  type EgressNode,
} from '@egressip-ipam/agent/objects';
import { type PlatformInObjects, type ProviderKind } from '@egressip-ipam/core';
import { providerEntriesOf } from '@egressip-ipam/core/plugin';
import type { AgentsView } from './agents-view.ts';
import { observeAgents } from './observe-agents.ts';
import { Sightings } from './sightings.ts';

const egressNodeKind: ProviderKind<EgressNode> = { resource: egressNodes, read: inspectEgressNode };

const leaseKind: ProviderKind<AgentLease & { readonly name: string }> = {
  resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' },
  namespace: { of: 'operator' },
  read: inspectAgentLease,
};

/** What agents report, and who of them is heard, stands in objects. */
export const platformInObjects: PlatformInObjects = {
  kinds: [egressNodeKind, leaseKind],
  observe: (entries, subjects) =>
    observeAgents(
      viewOf(providerEntriesOf(entries, egressNodeKind), providerEntriesOf(entries, leaseKind)),
      subjects,
      0,
    ),
};

/** The agents as they were at one moment: of a Lease that is held, nobody can tell that it is not renewed. */
function viewOf(all: readonly EgressNode[], leases: readonly AgentLease[]): AgentsView {
  const nodes = new Map<string, EgressNode>();
  for (const node of all) if (!nodes.has(node.name)) nodes.set(node.name, node);
  const sightings = new Sightings();
  // Without any Lease nothing tells that an agent is not there.
  for (const lease of leases.length > 0 ? leases : [...nodes.keys()].map(heldLease)) sightings.note(lease, 0);
  return { all: [...nodes.values()], sightings, node: (name) => nodes.get(name), mayHave: () => true };
}

function heldLease(node: string): AgentLease {
  return {
    node,
    resourceVersion: '',
    holder: agentLeaseName(node),
    term: defaultTerm,
    renewTime: '',
    acknowledged: 0,
    counted: 0,
    endpoint: undefined,
  };
}
