import {
  formatAddress,
  parseAddress,
  unlimited,
  type Address,
  type AddressRange,
  type BindingFacts,
  type FactsReader,
  type Finding,
  type HostFacts,
  type NetworkFacts,
  type NetworkView,
  type NodeFacts,
  type NodeSnapshot,
  type ReservedRange,
} from '@egressip-ipam/core';
import {
  createJudge,
  entriesOf,
  ListMemo,
  parseAddresses,
  parseCidrs,
  reportUnproven,
} from '@egressip-ipam/core/plugin';
import { egressKind } from '../kinds/egress.ts';
import { externalIPPoolKind, type ExternalIPPoolEntry } from '../kinds/external-ip-pool.ts';
import { hostnameLabel, maxEgressIPsAnnotation, transportAddressesAnnotation } from '../kinds/names.ts';
import { createForeignReader, type ObstacleOf } from './foreign-egresses.ts';
import { asOthers, isUnproven, parseEgress, type ParsedEgress } from './parse-egress.ts';
import { boundsOf } from '../kinds/ip-range.ts';

/** A pool with its ranges parsed. */
export interface ParsedPool {
  readonly name: string;
  readonly source: ExternalIPPoolEntry;
  readonly ranges: readonly AddressRange[];
}

/** What Antrea's objects say, with what `render` needs of them. */
export interface AntreaFacts extends NetworkFacts {
  /** Ours. */
  readonly egresses: readonly ParsedEgress[];
  readonly ofNamespace: ReadonlyMap<string, readonly ParsedEgress[]>;
  /** Names that Egresses of others have: never to be written. */
  readonly namesTaken: ReadonlySet<string>;
  /** All pools. */
  readonly pools: readonly ParsedPool[];
  /** Names of the pools that any Egress names: never to be deleted. */
  readonly poolsInUse: ReadonlySet<string>;
  /** Names of the pools that there are. */
  readonly poolNames: ReadonlySet<string>;
}

/** Makes a reader that parses each object once in its life. */
export function createFactsReader(): FactsReader {
  const egresses = new ListMemo(parseEgress);
  const pools = new ListMemo(parsePool);
  const judge = createJudge(isUnproven, asOthers);
  const obstaclesOf = createForeignReader();
  return {
    read: (view) => {
      const all = judge(egresses.parseAll(entriesOf(view.objects, egressKind)), view);
      const foreign = all.filter(({ ours }) => ours === undefined);
      const obstacleOf = obstaclesOf(foreign, view.claimantOf);
      return factsOf(view, all, { foreign, obstacleOf }, pools.parseAll(entriesOf(view.objects, externalIPPoolKind)));
    },
  };
}

function parsePool(source: ExternalIPPoolEntry): ParsedPool {
  return { name: source.name, source, ranges: source.ipRanges.flatMap((range) => boundsOf(range) ?? []) };
}

function factsOf(
  view: NetworkView,
  all: readonly ParsedEgress[],
  { foreign, obstacleOf }: { readonly foreign: readonly ParsedEgress[]; readonly obstacleOf: ObstacleOf },
  pools: readonly ParsedPool[],
): AntreaFacts {
  const egresses = all.filter(({ ours }) => ours !== undefined);
  const ofNamespace = groupByNamespace(egresses);
  const nodes = new Map(view.nodes.map((node) => [node.name, nodeFacts(node, view)]));
  const { obstacle, clusterNetworks: networks } = view.settings;
  return {
    hosts: egresses.map(hostsOf),
    bindings: new Map([...ofNamespace].map(([namespace, list]) => [namespace, bindingOf(namespace, list)])),
    reserved: pools.flatMap(reservedBy),
    ...(typeof networks === 'string'
      ? {
          clusterNetworks: parseCidrs(networks.split(' ')).map((cidr) => ({
            cidr,
            what: "a network of Antrea's configuration",
          })),
        }
      : {}),
    used: foreign.flatMap(({ name, address }) => (address === undefined ? [] : [{ address, by: `Egress ${name}` }])),
    mentioned: [],
    refused: new Set(),
    occupied: foreign.flatMap(({ address, node }) =>
      address === undefined || node === undefined ? [] : [{ address, node }],
    ),
    nodeOf: (node) => nodes.get(node)?.facts ?? { usable: false, capacity: unlimited, addresses: [] },
    obstacleOf,
    ...(typeof obstacle === 'string' && obstacle !== ''
      ? { standstill: { code: 'EgressOff', message: obstacle } }
      : {}),
    findings: [
      ...[...nodes.values()].flatMap(({ findings }) => findings),
      ...egresses.flatMap(reportFailure),
      ...foreign.flatMap(unprovenIn),
    ],
    namesTaken: new Set(foreign.map(({ name }) => name)),
    egresses,
    ofNamespace,
    pools,
    poolNames: new Set(pools.map(({ name }) => name)),
    poolsInUse: new Set(all.map(({ source }) => source.externalIPPool)),
  };
}

/** Somebody else's may have our label, copied with the rest. */
function unprovenIn({ object, source, address }: ParsedEgress): readonly Finding[] {
  return source.egressIPAM === undefined ? [] : [reportUnproven(object, address === undefined ? [] : [address])];
}

/** What Antrea gives out itself, and the gateways that pools name. */
function reservedBy({ name, source, ranges }: ParsedPool): readonly ReservedRange[] {
  const gateway = parseAddress(source.gateway ?? '');
  const reason = `it is in ExternalIPPool ${name}, from which Antrea gives addresses itself`;
  return [
    ...(source.egressIPAM === undefined ? ranges.map((range) => ({ ...range, reason })) : []),
    ...(gateway === undefined
      ? []
      : [{ first: gateway, last: gateway, reason: `it is the gateway of ExternalIPPool ${name}` }]),
  ];
}

function groupByNamespace(egresses: readonly ParsedEgress[]): ReadonlyMap<string, readonly ParsedEgress[]> {
  const groups = new Map<string, ParsedEgress[]>();
  for (const egress of egresses) {
    const namespace = egress.ours?.namespace ?? '';
    const group = groups.get(namespace);
    if (group === undefined) groups.set(namespace, [egress]);
    else group.push(egress);
  }
  return groups;
}

/**
 * Where we place, an address is hosted once Antrea has found it on the node that we chose; until then it is on our
 * record. Its status outlives the address, so that it says nothing of another node.
 */
function hostsOf({ object, ours, node, isConfirmed }: ParsedEgress): HostFacts {
  if (ours === undefined) return { object, hosted: [] };
  return { object, hosted: [{ ...ours, node: node ?? '', ours: true, state: isConfirmed ? 'shown' : 'recorded' }] };
}

function bindingOf(namespace: string, egresses: readonly ParsedEgress[]): BindingFacts {
  const addresses = egresses
    .filter(({ active }) => active)
    .flatMap(({ ours }) => (ours === undefined ? [] : [ours.address]));
  const unconfirmed: readonly Address[] = egresses.flatMap((egress) => egress.unconfirmed);
  const object = egresses[0]?.object ?? { kind: 'Egress', name: '' };
  const byRecord = egresses.some(({ active, awaitsRecord }) => active && awaitsRecord);
  const madeByOthers = egresses.some(({ source }) => source.applied === false);
  return { namespace, object, ours: true, byRecord, madeByOthers, addresses, unconfirmed };
}

/**
 * Antrea limits what it puts on a node itself, and chooses it by its hostname; what we put there is not its business.
 */
function nodeFacts(
  { name, labels, annotations = {} }: NodeSnapshot,
  { platform }: NetworkView,
): { readonly facts: NodeFacts; readonly findings: readonly Finding[] } {
  const text = annotations[maxEgressIPsAnnotation];
  const isValid = text === undefined || /^\d+$/.test(text);
  const most = Math.min(255, text === undefined || !isValid ? 255 : Number(text));
  const isPlacedByUs = platform.attaches && !platform.isCloud;
  const usable = isPlacedByUs || labels[hostnameLabel] !== undefined;
  const capacity = isPlacedByUs ? unlimited : { ipv4: most, ipv6: most, total: most };
  const report = (code: Finding['code'], message: string): Finding => ({
    code,
    severity: 'warning',
    object: { kind: 'Node', name },
    message,
  });
  const findings: Finding[] = [];
  if (!isValid) {
    const message = `Node ${name} has ${maxEgressIPsAnnotation}=${text}, which is no whole number: Antrea takes it for 255. Correct it or remove it.`;
    findings.push(report('InvalidNodeAnnotation', message));
  }
  if (!usable) {
    const message = `Node ${name} has no label ${hostnameLabel}, by which pools select nodes: it gets no addresses. Set the label.`;
    findings.push(report('HostnameLabelMissing', message));
  }
  const addresses = parseAddresses(annotations[transportAddressesAnnotation]?.split(',') ?? []);
  return { facts: { usable, capacity, addresses }, findings };
}

function reportFailure({ name, ours, source }: ParsedEgress): readonly Finding[] {
  if (source.failure === undefined || ours === undefined) return [];
  const address = formatAddress(ours.address);
  return [
    {
      code: 'EgressFailed',
      severity: 'error',
      object: { kind: 'Namespace', name: ours.namespace },
      addresses: [address],
      message: `Antrea has no node for ${address} of namespace ${ours.namespace} (Egress ${name}): ${source.failure}`,
    },
  ];
}
