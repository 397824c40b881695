/** What agents say in objects of the cluster, and what follows from it: pure, and nothing of how an agent runs. */
export { egressNodes } from './egress-node/egress-node.ts';
export { inspectEgressNode, isReportFull, readEgressNode } from './egress-node/read-egress-node.ts';
export { strictMajority } from './fencing/roster.ts';
export { defaultTerm, timingsOf } from './fencing/timings.ts';
export { agentLeaseLabel, agentLeaseName, inspectAgentLease, readAgentLease } from './lease/agent-lease.ts';

export type { AddressResult, AddressState, EgressNode } from './egress-node/egress-node.ts';
export type { AgentSighting } from './fencing/fence.ts';
export type { Timings } from './fencing/timings.ts';
export type { AgentLease } from './lease/agent-lease.ts';
