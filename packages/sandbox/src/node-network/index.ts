export { nodeNetworkUnavailable } from './namespace.ts';
export { createNodeNetwork } from './node-network.ts';

export type { NeighbourMessage } from './neighbour-message.ts';
export type { Cut, Link, Machine, NodeNetwork } from './node-network.ts';
export type { Frame } from './pcap.ts';
export type { Recorder } from './recorder.ts';
