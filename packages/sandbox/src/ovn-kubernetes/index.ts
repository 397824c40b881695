export { assignEgressIps, parseEgressIpSpec, validItems } from './allocator.ts';
export { addressOfConfigName, configNameOf } from './cloud-private-ip-config.ts';
export { startOvnClusterManager } from './cluster-manager.ts';
export { clusterManagerUser, markAdmission, markAdmissionPolicy } from './mark.ts';
export { readOvnNode } from './ovn-node.ts';

export type { Allocation, Allocations, AssignmentRequest, EgressIpEvent, EgressIpItem } from './allocator.ts';
export type { OvnClusterManager, OvnClusterManagerOptions } from './cluster-manager.ts';
export type { ManagerLeaseOptions } from './manager-lease.ts';
export type { EgressCapacity, OvnNode } from './ovn-node.ts';
