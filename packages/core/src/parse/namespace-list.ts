import type { Allocation } from '../plan/plan-types.ts';
import type { NamespaceSnapshot, NetNamespaceSnapshot } from '../snapshot/snapshot.ts';
import { Columns } from './columns.ts';
import { editsBetween, type Edit } from './edit-script.ts';
import { seek } from './memo.ts';
import { parseNamespace, type ParsedNamespace } from './parse-namespace.ts';
import { parseNetNamespace, type ParsedNetNamespace } from './parse-network-objects.ts';
import { readAgreedAddresses, recordAgrees } from './settled-texts.ts';

/** What a namespace takes of a plan. */
export const Attention = {
  /** It is parsed and looked at closely. */
  full: 0,
  /** Its annotations, our record and its NetNamespace say the same addresses: if these are where they should be, nothing is to do. */
  agreed: 1,
  /** It claims nothing, has nothing and is bound to nothing. */
  none: 2,
} as const;

/** With more differences than this between two snapshots, the list is made anew. */
const mostEdits = 100;

/**
 * The namespaces of a snapshot, sorted by name, each with its NetNamespace. In a large
 * cluster most of them agree with themselves to the letter: what a plan needs of those
 * stands in columns, and no object is made for them. The list goes from snapshot to
 * snapshot: rows whose objects are the same stay.
 */
export class NamespaceList {
  #sources: readonly NamespaceSnapshot[];
  #netSources: readonly NetNamespaceSnapshot[];
  /** Addresses that the columns hold per namespace; with more, a namespace is looked at closely. */
  readonly width: number;
  /** By namespace: {@link Attention}. */
  readonly attention: Uint8Array;
  /** By namespace, `width` each: the addresses that it agrees on; how many there are stands in `counts`. */
  readonly addresses: Uint32Array;
  readonly counts: Uint8Array;
  /** By namespace: number of the EgressIPAM's name in `pools`. */
  readonly pool: Int32Array;
  /** Names of EgressIPAMs that namespaces agree on, numbered. */
  readonly pools = new Map<string, number>();
  /** By namespace: position of its NetNamespace, or -1. */
  readonly netOf: Int32Array;
  /** By namespace: what the last plan said of it where it agreed, to be said again while it holds, as a plan is data that nobody changes. */
  readonly said: (Allocation | undefined)[];
  /** By namespace, `width` each: 1 + index of the nodes that were said, or are to be. */
  readonly saidOn: Int32Array;
  /** Working memory of one plan: see `World.settledIn`. */
  readonly settledIn: Int32Array;
  /** By namespace, `width` each: the slots of its addresses in a table; -1 where they were not asked for yet. */
  readonly #slots: Int32Array;
  readonly #parsed: (ParsedNamespace | undefined)[];
  readonly #parsedNets: (ParsedNetNamespace | undefined)[];
  readonly #columns: Columns;
  #orphans: readonly number[] = [];
  #table: unknown;
  #saidNodes: readonly string[] = [];

  constructor(sources: readonly NamespaceSnapshot[], netSources: readonly NetNamespaceSnapshot[], width: number) {
    this.#sources = sources;
    this.#netSources = netSources;
    this.width = width;
    const columns = new Columns(sources.length);
    const { capacity } = columns;
    this.#columns = columns;
    this.attention = columns.add(new Uint8Array(capacity));
    this.addresses = columns.add(new Uint32Array(capacity * width), width);
    this.counts = columns.add(new Uint8Array(capacity));
    this.pool = columns.add(new Int32Array(capacity));
    this.netOf = columns.add(new Int32Array(capacity));
    this.said = columns.add(new Array<Allocation | undefined>(sources.length).fill(undefined));
    this.saidOn = columns.add(new Int32Array(capacity * width), width);
    this.settledIn = new Int32Array(capacity);
    this.#slots = columns.add(new Int32Array(capacity * width).fill(-1), width);
    this.#parsed = columns.add(new Array<ParsedNamespace | undefined>(sources.length).fill(undefined));
    this.#parsedNets = new Array<ParsedNetNamespace | undefined>(netSources.length).fill(undefined);
    let net = 0;
    for (let index = 0; index < sources.length; index += 1) net = this.#pair(index, net);
    this.#findOrphans();
  }

  get sources(): readonly NamespaceSnapshot[] {
    return this.#sources;
  }

  get netSources(): readonly NetNamespaceSnapshot[] {
    return this.#netSources;
  }

  get length(): number {
    return this.#sources.length;
  }

  /** Positions of NetNamespaces whose namespace is not there. */
  get orphans(): readonly number[] {
    return this.#orphans;
  }

  /** A namespace, parsed. */
  at(index: number): ParsedNamespace | undefined {
    const source = this.#sources[index];
    return source === undefined ? undefined : (this.#parsed[index] ??= parseNamespace(source));
  }

  /** The NetNamespace of a namespace, parsed. */
  netNamespaceOf(index: number): ParsedNetNamespace | undefined {
    return this.netNamespaceAt(this.netOf[index] ?? -1);
  }

  /** A NetNamespace by its own position, parsed. */
  netNamespaceAt(position: number): ParsedNetNamespace | undefined {
    const source = this.#netSources[position];
    return source === undefined ? undefined : (this.#parsedNets[position] ??= parseNetNamespace(source));
  }

  /** The slots of addresses, remembered for as long as the table stays. */
  slotsIn(table: unknown): Int32Array {
    if (this.#table !== table) this.#slots.fill(-1);
    this.#table = table;
    return this.#slots;
  }

  /** Forgets what was said when the nodes were others than these, as it was said of their indexes. */
  forgetWhatWasSaidOfOther(nodes: readonly string[]): void {
    const known = this.#saidNodes;
    if (nodes.length === known.length && nodes.every((name, index) => name === known[index])) return;
    this.#saidNodes = nodes;
    this.said.fill(undefined);
  }

  /** Goes on to the lists of the next snapshot; false, and nothing done, where they are too different, or not sorted. */
  update(sources: readonly NamespaceSnapshot[], netSources: readonly NetNamespaceSnapshot[]): boolean {
    const edits = editsBetween(this.#sources, sources, mostEdits);
    const netEdits = editsBetween(this.#netSources, netSources, mostEdits);
    if (edits === undefined || netEdits === undefined || sources.length + mostEdits > this.#columns.capacity) return false;
    const again = this.#applyToNets(netEdits, netSources);
    this.#sources = sources;
    this.#netSources = netSources;
    for (const { kind, index } of edits) {
      if (kind === 'removed') this.#columns.remove(index);
      else {
        if (kind === 'added') this.#columns.insert(index);
        this.#parsed[index] = undefined;
        again.push(sources[index]?.name ?? '');
      }
    }
    for (const name of again) {
      const index = seek(sources, name, 0);
      if (sources[index]?.name === name) this.#pair(index, 0);
    }
    if ([...edits, ...netEdits].some(({ kind }) => kind !== 'changed')) this.#findOrphans();
    return true;
  }

  /** Returns the names of NetNamespaces that have come, gone or changed. Called while the namespaces are still the last ones. */
  #applyToNets(edits: readonly Edit[], next: readonly NetNamespaceSnapshot[]): string[] {
    const names: string[] = [];
    for (const { kind, index } of edits) {
      if (kind === 'changed') this.#parsedNets[index] = undefined;
      else if (kind === 'added') this.#parsedNets.splice(index, 0, undefined);
      else this.#parsedNets.splice(index, 1);
      if (kind !== 'removed') names.push(next[index]?.name ?? '');
      if (kind !== 'changed') names.push(...this.#shiftNets(index, kind === 'added' ? 1 : -1));
    }
    return names;
  }

  /** NetNamespaces from a position on move by one; returns the name of the namespace that has lost its own. */
  #shiftNets(from: number, by: 1 | -1): readonly string[] {
    const lost: string[] = [];
    for (let index = 0; index < this.length; index += 1) {
      const net = this.netOf[index] ?? -1;
      if (net < from) continue;
      if (by === -1 && net === from) {
        this.netOf[index] = -1;
        lost.push(this.#sources[index]?.name ?? '');
      } else this.netOf[index] = net + by;
    }
    return lost;
  }

  /** Finds the NetNamespace of a namespace, not before a hint, and looks at the two; returns the hint for the next namespace. */
  #pair(index: number, hint: number): number {
    const source = this.#sources[index];
    if (source === undefined) return hint;
    const found = seek(this.#netSources, source.name, hint);
    const isThere = this.#netSources[found]?.name === source.name;
    this.netOf[index] = isThere ? found : -1;
    this.said[index] = undefined;
    this.#slots.fill(-1, index * this.width, (index + 1) * this.width);
    this.attention[index] = this.#attentionOf(source, isThere ? this.#netSources[found] : undefined, index);
    return isThere ? found + 1 : found;
  }

  #attentionOf(source: NamespaceSnapshot, net: NetNamespaceSnapshot | undefined, index: number): number {
    const { egressIPAM, egressIPs, allocated } = source;
    if (source.unconfirmed !== undefined || net?.unconfirmed !== undefined) return Attention.full;
    if (egressIPAM === undefined || egressIPAM === '') {
      return egressIPs === undefined && allocated === undefined && (net === undefined || net.egressIPs.length === 0) ? Attention.none : Attention.full;
    }
    if (egressIPs === undefined || allocated === undefined || net === undefined || !recordAgrees(egressIPAM, egressIPs, allocated)) return Attention.full;
    const count = readAgreedAddresses(egressIPs, net.egressIPs, this.addresses, index * this.width, this.width);
    if (count === 0) return Attention.full;
    this.counts[index] = count;
    this.pool[index] = this.#numberOf(egressIPAM);
    return Attention.agreed;
  }

  #numberOf(pool: string): number {
    let number = this.pools.get(pool);
    if (number === undefined) this.pools.set(pool, (number = this.pools.size));
    return number;
  }

  #findOrphans(): void {
    const isTaken = new Uint8Array(this.#netSources.length);
    for (let index = 0; index < this.length; index += 1) {
      const net = this.netOf[index] ?? -1;
      if (net !== -1) isTaken[net] = 1;
    }
    const orphans: number[] = [];
    for (let position = isTaken.indexOf(0); position !== -1; position = isTaken.indexOf(0, position + 1)) orphans.push(position);
    this.#orphans = orphans;
  }
}
