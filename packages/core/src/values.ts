// What a program needs that decides nothing and is to stay small: addresses, and objects as Kubernetes gives them.
export { formatAddress, parseAddress } from './address/address.ts';
export { platformReserved } from './address/address-range.ts';
export { cidrContains, parseCidr } from './address/cidr.ts';
export { asRecord, ObjectReader } from './snapshot/object-reader.ts';
export type { Read } from './finding/read.ts';
