export { reallocateEgressIps } from './reallocate.ts';
export { startSdnMaster } from './sdn-master.ts';
export { readHostSubnet, readNetNamespace } from './sdn-objects.ts';
export { sdnTraffic } from './sdn-traffic.ts';

export type { SdnNode } from './reallocate.ts';
export type { SdnMasterOptions } from './sdn-master.ts';
export type { HostSubnet, NetNamespace } from './sdn-objects.ts';
export type { SdnTraffic } from './sdn-traffic.ts';
