export { egressNodes } from './egress-node/egress-node.ts';
export { readEgressNode } from './egress-node/read-egress-node.ts';
export { nextFenceStep } from './fencing/fence.ts';
export { afterAnswer, afterRenewal, holdAt, lifetimeSeconds, released } from './fencing/hold.ts';
export { emptyRoster, highestNumber, membersAt, nextRoster, parseRoster, strictMajority } from './fencing/roster.ts';
export { rosterKey, rosterName } from './fencing/roster-object.ts';
export { defaultTerm, timingsOf } from './fencing/timings.ts';
export { agentLeaseLabel, agentLeaseName, markedLease, readAgentLease } from './lease/agent-lease.ts';
export { runAgent } from './run/run-agent.ts';

export type {
  AddressResult,
  AddressState,
  EgressNode,
  EgressNodeStatus,
  ReportedInterface,
  Wish,
} from './egress-node/egress-node.ts';
export type { AgentSighting, FenceStep } from './fencing/fence.ts';
export type { Hold, PeerAnswer } from './fencing/hold.ts';
export type { Member, Roster, RosterGeneration } from './fencing/roster.ts';
export type { Timings } from './fencing/timings.ts';
export type { AgentLease } from './lease/agent-lease.ts';
export type { AgentOptions, Log } from './run/options.ts';
