import { parseRange, type AddressRange } from '../address/address-range.ts';
import { parseAddress, type Address } from '../address/address.ts';
import { parseCidr, type Cidr } from '../address/cidr.ts';
import type { InterfaceLimits, ProviderObservation } from '../provider-contract/observation.ts';
import type { ProviderErrorDescription } from '../provider-contract/provider-error.ts';
import { parseCidrs } from './parse-lists.ts';

/** What a provider saw of one node, parsed. */
interface ParsedNodeObservation {
  readonly error: ProviderErrorDescription | undefined;
  /** Whether it is not known what the node carries; a node that the platform does not have carries nothing. */
  readonly isUnknown: boolean;
  /** Whether what attaches addresses there answers. */
  readonly answers: boolean;
  /** Subnets of the main interface. */
  readonly subnets: readonly Cidr[];
  /** What the main interface carries beside its primary addresses. */
  readonly attached: readonly Address[];
  /** Those of them that the node's kernel lacks. */
  readonly incomplete: ReadonlySet<Address>;
  /** Addresses of the node that never move: primary ones, and all of its other interfaces. */
  readonly fixed: readonly Address[];
  /** How many of `fixed` are on the main interface, per family. */
  readonly primaries: { readonly ipv4: number; readonly ipv6: number };
  readonly limits: InterfaceLimits;
}

/** What a provider saw of one CIDR, parsed. */
interface ParsedCidrObservation {
  readonly cidr: Cidr;
  readonly error: ProviderErrorDescription | undefined;
  readonly inUse: readonly { readonly address: Address; readonly usedBy: string }[];
  readonly reserved: readonly AddressRange[];
}

/** A provider's observation, parsed. */
export interface ParsedObservation {
  readonly nodes: ReadonlyMap<string, ParsedNodeObservation>;
  /** By canonical CIDR text. */
  readonly cidrs: ReadonlyMap<string, ParsedCidrObservation>;
}

/** Parses an observation. */
export function parseObservation(observation: ProviderObservation): ParsedObservation {
  return { nodes: parseNodes(observation), cidrs: parseCidrObservations(observation) };
}

function parseNodes(observation: ProviderObservation): ReadonlyMap<string, ParsedNodeObservation> {
  const nodes = new Map<string, ParsedNodeObservation>();
  for (const node of observation.nodes) {
    const error = 'error' in node ? node.error : undefined;
    const interfaces = 'error' in node ? [] : node.interfaces;
    const attached: Address[] = [];
    const fixed: Address[] = [];
    const incomplete = new Set<Address>();
    const primaries = { ipv4: 0, ipv6: 0 };
    for (const networkInterface of interfaces) {
      for (const entry of networkInterface.addresses) {
        const address = parseAddress(entry.address);
        if (address === undefined) continue;
        if (networkInterface.main && !entry.primary) {
          attached.push(address);
          if (entry.incomplete === true) incomplete.add(address);
          continue;
        }
        fixed.push(address);
        if (networkInterface.main) primaries[typeof address === 'number' ? 'ipv4' : 'ipv6'] += 1;
      }
    }
    const main = interfaces.find((networkInterface) => networkInterface.main);
    nodes.set(node.node, {
      error,
      answers: error === undefined && !('silent' in node && node.silent === true),
      isUnknown: error !== undefined && error.class !== 'not-found',
      subnets: parseCidrs(main?.subnets ?? []),
      attached,
      incomplete,
      fixed,
      primaries,
      limits: 'error' in node ? {} : node.limits,
    });
  }
  return nodes;
}

function parseCidrObservations(observation: ProviderObservation): ReadonlyMap<string, ParsedCidrObservation> {
  const cidrs = new Map<string, ParsedCidrObservation>();
  for (const entry of observation.cidrs) {
    const parsed = parseCidr(entry.cidr);
    if (parsed === undefined) continue;
    const failed = 'error' in entry;
    cidrs.set(parsed.cidr.text, {
      cidr: parsed.cidr,
      error: failed ? entry.error : undefined,
      inUse: failed
        ? []
        : entry.inUse.flatMap(({ address: text, usedBy }) => {
            const address = parseAddress(text);
            return address === undefined ? [] : [{ address, usedBy }];
          }),
      reserved: failed ? [] : entry.reserved.flatMap((text) => parseRange(text) ?? []),
    });
  }
  return cidrs;
}
