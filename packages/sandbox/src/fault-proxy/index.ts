export { createFaultProxy } from './fault-proxy.ts';

export type { FaultCounts, FaultProxy, FaultProxyOptions } from './fault-proxy.ts';
export type { Fault, FaultRule, FaultStatus } from './fault-rule.ts';
export type { FaultProxyTarget } from './upstream.ts';
