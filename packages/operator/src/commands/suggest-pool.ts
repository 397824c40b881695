import {
  compareAddresses,
  familyOf,
  formatAddress,
  parseAddress,
  parseCidr,
  readNode,
  type Address,
  type NodeSnapshot,
  type ProviderObservation,
} from '@egressip-ipam/core';
import { isObservation } from '../input/observation.ts';
import { printable } from '../output/printable.ts';
import { InputError, type ReadDocuments } from '../input/read-documents.ts';

/** What an EgressIPAM for a cluster would be made of. */
export interface PoolSuggestion {
  /** `CIDR=LABELVALUE`. */
  readonly cidr: readonly string[];
  /** Addresses and ranges that are in use now. */
  readonly reserve: readonly string[];
  /** `LABEL=VALUE`. */
  readonly nodeSelector: readonly string[];
}

/** Values of a label that are named. */
const mostValues = 10;
const workerLabel = 'node-role.kubernetes.io/worker';

/**
 * One CIDR assignment for each subnet of the nodes, chosen by the value of their topology label.
 *
 * @throws InputError when the provider knows no subnets, or no node has the label
 */
export function suggestPool({ objects }: ReadDocuments, topologyLabel: string): PoolSuggestion {
  const observation = objects.map(({ object }) => object).find((object) => isKind(object, 'ProviderObservation'));
  const all = objects.flatMap(({ object }) => (isKind(object, 'Node') ? readNodes(object) : []));
  if (!isObservation(observation))
    throw new InputError(
      `the infrastructure of this cluster has no subnets that can be read: name the pools by --cidr CIDR=LABELVALUE; ${valuesOf(all, topologyLabel)}`,
    );
  const workers = all.filter(({ labels }) => workerLabel in labels);
  const nodes = (workers.length > 0 ? workers : all).filter(({ labels }) => labels[topologyLabel] !== undefined);
  if (nodes.length === 0)
    throw new InputError(`no node has the label ${topologyLabel}; name another by --topology-label`);
  const pools = subnetsByValue(observation, nodes, topologyLabel);
  return {
    cidr: pools,
    reserve: observation.cidrs.flatMap((entry) => {
      if ('error' in entry) throw new InputError(`${entry.cidr} cannot be read: ${entry.error.message}`);
      return pools.some((pool) => pool.startsWith(`${entry.cidr}=`))
        ? asRanges(entry.inUse.map(({ address }) => address))
        : [];
    }),
    nodeSelector: workers.length > 0 ? [`${workerLabel}=`] : [],
  };
}

/** What may stand for LABELVALUE. */
function valuesOf(nodes: readonly NodeSnapshot[], topologyLabel: string): string {
  const values = [...new Set(nodes.flatMap(({ labels }) => labels[topologyLabel] ?? []))].sort();
  if (values.length === 0) return `no node has the label ${topologyLabel}, and --topology-label names another`;
  const more = values.length > mostValues ? ', …' : '';
  return `nodes have ${topologyLabel} ${values.slice(0, mostValues).map(printable).join(', ')}${more}`;
}

function subnetsByValue(
  observation: ProviderObservation,
  nodes: readonly NodeSnapshot[],
  topologyLabel: string,
): readonly string[] {
  const pools = new Set<string>();
  for (const observed of observation.nodes) {
    const value = nodes.find(({ name }) => name === observed.node)?.labels[topologyLabel];
    if (value === undefined) continue;
    if ('error' in observed) throw new InputError(`node ${observed.node} cannot be read: ${observed.error.message}`);
    const subnets = observed.interfaces.filter(({ main }) => main).flatMap((main) => main.subnets);
    for (const subnet of subnets) if (parseCidr(subnet)?.cidr.family === 4) pools.add(`${subnet}=${value}`);
  }
  return [...pools].sort((a, b) => compareAddresses(firstOf(a), firstOf(b)));
}

function firstOf(pool: string): Address {
  return parseCidr(pool.slice(0, pool.indexOf('=')))?.cidr.first ?? 0;
}

/** Addresses in order, neighbours as `first-last`. */
function asRanges(texts: readonly string[]): readonly string[] {
  const addresses = [...new Set(texts)]
    .flatMap((text) => parseAddress(text) ?? [])
    .filter((address) => familyOf(address) === 4)
    .map(Number)
    .sort((a, b) => a - b);
  const ranges: { first: number; last: number }[] = [];
  for (const address of addresses) {
    const range = ranges.at(-1);
    if (range !== undefined && address === range.last + 1) range.last = address;
    else ranges.push({ first: address, last: address });
  }
  return ranges.map(({ first, last }) =>
    first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`,
  );
}

function readNodes(object: unknown): readonly NodeSnapshot[] {
  const read = readNode(object);
  return read.ok ? [read.value] : [];
}

function isKind(object: unknown, kind: string): boolean {
  return typeof object === 'object' && object !== null && 'kind' in object && object.kind === kind;
}
