/**
 * An address inside the core: an IPv4 address is a `number` (0 … 2³²−1), an IPv6
 * address a `bigint` (0 … 2¹²⁸−1). The type tells the family, so that addresses
 * compare, sort and key maps without an object around them.
 */
export type Address = number | bigint;
