export { egressNodesCrd } from './egress-nodes-crd.ts';
export { startEgressAgents } from './egress-agents.ts';

export type { EgressAgents, EgressAgentsOptions } from './egress-agents.ts';
