export { startCilium } from './cilium.ts';
export { fnv32a } from './gateway.ts';
export { packetRules } from './packet-rules.ts';

export type { Cilium, CiliumOptions } from './cilium.ts';
export type { CiliumPod } from './cilium-objects.ts';
export type { CiliumTraffic, DropReason } from './cilium-traffic.ts';
export type { PacketPorts } from './packet-rules.ts';
export type { PolicyMapEntry, PolicyMapValue } from './policy-map.ts';
