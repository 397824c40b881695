import { AddressLayout } from '../allocate/address-layout.ts';
import { AddressTable } from '../allocate/address-table.ts';
import type { ProviderObservation } from '../provider/contract.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { inOrder, Memo } from './memo.ts';
import { NamespaceList } from './namespace-list.ts';
import { parseEgressIPAM, type ParsedEgressIPAM } from './parse-egress-ipam.ts';
import {
  parseCloudPrivateIPConfig,
  parseEgressIP,
  parseHostSubnet,
  type ParsedCloudPrivateIPConfig,
  type ParsedEgressIP,
  type ParsedHostSubnet,
} from './parse-network-objects.ts';
import { parseNode, type ParsedNode } from './parse-node.ts';
import { parseObservation, type ParsedObservation } from './parse-observation.ts';

/** A snapshot in which every text is parsed. Lists are sorted by name. */
export interface ParsedSnapshot {
  readonly source: ClusterSnapshot;
  /** Milliseconds since 1970; undefined where the snapshot has no time. */
  readonly time: number | undefined;
  readonly egressIPAMs: readonly ParsedEgressIPAM[];
  readonly namespaces: NamespaceList;
  readonly nodes: readonly ParsedNode[];
  readonly hostSubnets: readonly ParsedHostSubnet[];
  readonly egressIPs: readonly ParsedEgressIP[];
  readonly cloudPrivateIPConfigs: readonly ParsedCloudPrivateIPConfig[];
  readonly observation: ParsedObservation | undefined;
  readonly layout: AddressLayout;
  /** Working memory of one plan, empty. */
  readonly table: AddressTable;
}

/** Namespaces with more addresses than this are rare enough to be looked at one by one. */
const most = 16;

/** Parses snapshot after snapshot, each object once in its life. */
export class Parser {
  readonly #egressIPAMs = new Memo(parseEgressIPAM);
  readonly #nodes = new Memo(parseNode);
  readonly #hostSubnets = new Memo(parseHostSubnet);
  readonly #egressIPs = new Memo(parseEgressIP);
  readonly #cloudPrivateIPConfigs = new Memo(parseCloudPrivateIPConfig);
  #namespaces: NamespaceList | undefined;
  #layout: AddressLayout | undefined;
  #table: AddressTable | undefined;
  #observation: { readonly source: ProviderObservation; readonly parsed: ParsedObservation } | undefined;

  /** Parses a snapshot; nothing in it makes it throw. */
  parse(source: ClusterSnapshot): ParsedSnapshot {
    const time = source.time === undefined ? Number.NaN : Date.parse(source.time);
    const egressIPAMs = this.#egressIPAMs.parseAll(source.egressIPAMs);
    const layout = this.#layoutOf(egressIPAMs);
    return {
      source,
      layout,
      table: this.#emptyTable(layout, source.provider.attach),
      time: Number.isNaN(time) ? undefined : time,
      egressIPAMs,
      namespaces: this.#parseNamespaces(source, egressIPAMs),
      nodes: this.#nodes.parseAll(source.nodes),
      hostSubnets: this.#hostSubnets.parseAll(source.hostSubnets),
      egressIPs: this.#egressIPs.parseAll(source.egressIPs),
      cloudPrivateIPConfigs: this.#cloudPrivateIPConfigs.parseAll(source.cloudPrivateIPConfigs),
      observation: this.#parseObservation(source.provider.observation),
    };
  }

  #parseNamespaces({ namespaces, netNamespaces }: ClusterSnapshot, egressIPAMs: readonly ParsedEgressIPAM[]): NamespaceList {
    const last = this.#namespaces;
    const width = Math.min(most, egressIPAMs.reduce((wide, { assignments }) => Math.max(wide, assignments.length), 0));
    if (last?.width === width && last.update(namespaces, netNamespaces)) return last;
    const sources = inOrder(namespaces, last?.sources ?? []);
    const netSources = inOrder(netNamespaces, last?.netSources ?? []);
    if (last?.width === width && last.update(sources, netSources)) return last;
    return (this.#namespaces = new NamespaceList(sources, netSources, width));
  }

  /** The table of the last plan, emptied, where it has the right shape: nothing in it outlives a plan but the memory. */
  #emptyTable(layout: AddressLayout, isAttaching: boolean): AddressTable {
    if (this.#table?.layout === layout && this.#table.attachedOn.length > 0 === isAttaching) this.#table.reset();
    else this.#table = new AddressTable(layout, isAttaching);
    return this.#table;
  }

  /** The same layout as before, as long as the CIDRs are the same. */
  #layoutOf(egressIPAMs: readonly ParsedEgressIPAM[]): AddressLayout {
    const layout = new AddressLayout(egressIPAMs.flatMap((egressIPAM) => egressIPAM.assignments.map((assignment) => assignment.cidr)));
    if (this.#layout?.key !== layout.key) this.#layout = layout;
    return this.#layout;
  }

  #parseObservation(source: ProviderObservation | undefined): ParsedObservation | undefined {
    if (source === undefined) return undefined;
    if (this.#observation?.source !== source) this.#observation = { source, parsed: parseObservation(source) };
    return this.#observation.parsed;
  }
}
