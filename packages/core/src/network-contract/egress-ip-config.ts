import { parseCidr, type Cidr } from '../address/cidr.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import { asRecord } from '../snapshot/object-reader.ts';
import type { NodeCapacity } from './facts.ts';

/** What is announced of a node's interface. */
export interface EgressIPConfig {
  readonly subnets: readonly Cidr[];
  readonly capacity: NodeCapacity;
}

/**
 * Reads the value of {@link egressIPConfigAnnotation},
 * `[{"interface":"…","ifaddr":{"ipv4":"10.0.0.0/18"},"capacity":{"ipv4":14,"ipv6":15}}]`, or with a capacity of
 * `{"ip":14}` for both families, of which networks use the first element alone. An absent capacity means no limit.
 * Undefined where it is not understood.
 */
export function parseEgressIPConfig(text: string): EgressIPConfig | undefined {
  const value = parseJson(text);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const { ifaddr, capacity } = asRecord(value[0]);
  const subnets = parseFamilyCidrs(ifaddr);
  if (subnets === undefined) return undefined;
  const { ipv4, ipv6, ip } = asRecord(capacity);
  return { subnets, capacity: { ipv4: limit(ipv4), ipv6: limit(ipv6), total: limit(ip) } };
}

/**
 * Whether the cluster's own controller has come to any of these nodes: what one cannot be understood to say tells
 * nothing of the others.
 */
export function isAnyAnnounced(nodes: readonly { readonly annotations?: Readonly<Record<string, string>> }[]): boolean {
  return nodes.some(
    ({ annotations }) => parseEgressIPConfig(annotations?.[egressIPConfigAnnotation] ?? '') !== undefined,
  );
}

/**
 * The networks of `{"ipv4":"10.0.0.4/24","ipv6":"2001:db8::4/64"}`, without those of one address, in which there is no
 * room for another; undefined where it is not understood.
 */
export function parseFamilyCidrs(value: unknown): readonly Cidr[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { ipv4, ipv6 } = asRecord(value);
  const subnets: Cidr[] = [];
  for (const text of [ipv4, ipv6]) {
    if (typeof text !== 'string' || text === '') continue;
    const parsed = parseCidr(text);
    if (parsed === undefined) return undefined;
    if (parsed.cidr.size > 1n) subnets.push(parsed.cidr);
  }
  return subnets;
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  // Of most nodes nothing is announced, and an error takes longer to make than all else that is read of one.
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function limit(value: unknown): number {
  // An interface that holds more than its limit is announced with less than none.
  return typeof value === 'number' ? Math.max(0, value) : Infinity;
}
