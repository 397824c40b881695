export { Ec2Error } from './ec2-error.ts';
export { findMoto } from './find-moto.ts';
export { startStrictEc2 } from './strict-ec2.ts';

export type { Staleness } from './address-history.ts';
export type { Ec2Call, Ec2CallCounts } from './call-log.ts';
export type { Ec2ClusterOptions, Ec2Node } from './cluster.ts';
export type { Ec2Fault, Ec2FaultRule } from './ec2-fault.ts';
export type { Ec2NetworkInterface } from './network-interface.ts';
export type { Ec2Parameters } from './query.ts';
export type { StrictEc2, StrictEc2Options } from './strict-ec2.ts';
