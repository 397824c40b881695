import type { Allocation, ClusterSnapshot, NamespaceSnapshot, Plan, WaitingClaim } from '@egressip-ipam/core';
import { changesBetween, type Change, type Holding } from './changes.ts';
import { ContestedLog } from './contested-log.ts';
import type { Log } from '../log/log.ts';
import { isWrittenDown } from './news.ts';
import { NodeTroubles } from './node-troubles.ts';
import { ObjectTroubles } from './object-troubles.ts';

/**
 * An address that is not on its node yet, or whose node the network has yet to choose, waits for it, so that one line
 * tells both: so many milliseconds from when the network last put any of those that wait on a node, and so many in all.
 */
const longestUntold = 5_000;
const longestUntoldInAll = 300_000;

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>;

/**
 * Writes what was decided about addresses into the log: a line for each allocation, placement, move, release and
 * refusal, with the namespace, the addresses, the nodes and why. What there is when it begins is no news, and told as
 * what it is: what happened while nobody watched stands in no log, and the lines of those who watched before may be
 * gone. It outlives a term: its own lines from the one before are there.
 */
export class Chronicle {
  readonly #log: Log;
  /** What was told last; undefined before the first plan. */
  #told: Map<string, Holding> | undefined;
  /** By namespace: why the planner gave it what is being written. */
  readonly #sources = new Map<string, string>();
  /** By namespace: since when its allocation is written, and no node is known. */
  readonly #untold = new Map<string, number>();
  /** When one of them last came to a node. */
  #placedAt = -Infinity;
  readonly #contested: ContestedLog;
  readonly #nodes = new NodeTroubles();
  readonly #objects: ObjectTroubles;
  /** By namespace: the refusal that was told. */
  #waiting = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
    this.#objects = new ObjectTroubles(log);
    this.#contested = new ContestedLog(log);
  }

  /**
   * Takes in a plan and what it was made from. While its steps are being carried out the nodes may change once more:
   * moves are told when it is settled.
   *
   * @param now milliseconds of a steady clock
   */
  note(plan: Plan, snapshot: ClusterSnapshot, now: number, isSettled: boolean): void {
    const told = this.#told;
    this.#nodes.look(snapshot.nodes, () => nodesNamedBy(plan, told));
    const holdings = this.#holdings(plan, snapshot, now, isSettled);
    if (told === undefined) {
      this.#log.info('what namespaces have is known', { namespaces: holdings.size });
      for (const [namespace, holding] of holdings) this.#log.info('addresses held', { namespace, ...holding });
    } else {
      const changes = changesBetween(told, holdings);
      if (changes.length > 0)
        this.#tell(
          changes,
          new Map(snapshot.namespaces.map((entry) => [entry.name, entry])),
          new Set(snapshot.egressIPAMs.flatMap(({ name, deletedAt }) => (deletedAt === undefined ? [name] : []))),
        );
    }
    this.#told = holdings;
    if (isSettled) this.#nodes.told();
    this.#forget(plan);
    this.#noteWaiting(plan.waiting);
    this.#objects.note(plan.findings, now);
    this.#contested.note(plan);
  }

  /**
   * Another may act from now on, until this process does again and tells what changed since, not all that there is.
   * What others decided it only finds.
   */
  endTerm(): void {
    this.#sources.clear();
    this.#untold.clear();
  }

  /** Of namespaces that went, or gave up, before their addresses were told, nothing is left to tell. */
  #forget({ allocations }: Plan): void {
    if (this.#sources.size === 0 && this.#untold.size === 0) return;
    const present = new Set(allocations.map(({ namespace }) => namespace));
    for (const kept of [this.#sources, this.#untold])
      for (const namespace of kept.keys()) if (!present.has(namespace)) kept.delete(namespace);
  }

  /**
   * What namespaces have; one whose change is not written yet, or whose node is not known yet, still has what it had.
   */
  #holdings(plan: Plan, snapshot: ClusterSnapshot, now: number, isSettled: boolean): Map<string, Holding> {
    const before = this.#told ?? new Map<string, Holding>();
    const holdings = new Map<string, Holding>();
    if (plan.allocations.some(({ namespace, carried }) => carried && this.#untold.has(namespace))) this.#placedAt = now;
    let records: ReadonlyMap<string, string | undefined> | undefined;
    const giverOf = ({ namespace, egressIPAM }: Allocation): string => {
      if (this.#told !== undefined && [undefined, egressIPAM].includes(before.get(namespace)?.egressIPAM))
        return egressIPAM;
      records ??= new Map(snapshot.namespaces.map(({ name, allocated }) => [name, allocated]));
      // What is kept while another EgressIPAM cannot serve its namespace was given by the one on record.
      return records.get(namespace)?.split('/', 1)[0] ?? egressIPAM;
    };
    const underWay = addressesUnderWay(plan);
    for (const allocation of plan.allocations) {
      const { namespace, addresses, carried } = allocation;
      const isWritten = isWrittenDown(allocation);
      const egressIPAM = giverOf(allocation);
      const had = before.get(namespace);
      const nodes = nodesNow(allocation, had, underWay);
      this.#noteSource(allocation);
      const isNew = had === undefined || addresses.some((address) => !had.addresses.includes(address));
      // Until an address is there the next plan may place it elsewhere.
      const isPlaced = (carried || isSettled) && nodes.every((node) => node !== null);
      const isKnown = this.#told === undefined || !isNew || isPlaced || this.#isOverdue(namespace, now);
      const standing = isSettled ? this.#standing(nodes, addresses, underWay) : nodes;
      const isNews =
        isWritten &&
        isKnown &&
        !(had !== undefined && isSame(had, egressIPAM, addresses, isSettled ? standing : had.nodes));
      // What it gave back others may have by now, whenever it is known where the rest is.
      const left = isWritten && had !== undefined ? keptOf(had, addresses) : had;
      const written = isNews ? { egressIPAM, addresses, nodes: standing } : left;
      if (written !== undefined) holdings.set(namespace, written);
    }
    return holdings;
  }

  #noteSource({ namespace, source, added }: Allocation): void {
    const given = added?.source ?? source;
    if (given !== 'kept') this.#sources.set(namespace, given);
  }

  /** The nodes that can carry; what is on a node that is down, and is not on its way elsewhere, has none. */
  #standing(
    nodes: readonly (string | null)[],
    addresses: readonly string[],
    underWay: ReadonlyMap<string, string | null>,
  ): readonly (string | null)[] {
    if (!nodes.some((node) => node !== null && this.#nodes.isDown(node))) return nodes;
    return nodes.map((node, index) =>
      node !== null && this.#nodes.isDown(node) && !underWay.has(addresses[index] ?? '') ? null : node,
    );
  }

  #isOverdue(namespace: string, now: number): boolean {
    const since = this.#untold.get(namespace);
    if (since === undefined) this.#untold.set(namespace, now);
    if (since === undefined) return false;
    return now - Math.max(since, this.#placedAt) >= longestUntold || now - since >= longestUntoldInAll;
  }

  #tell(
    changes: readonly Change[],
    namespaces: ReadonlyMap<string, NamespaceSnapshot>,
    egressIPAMs: ReadonlySet<string>,
  ): void {
    for (const change of changes) {
      if (change.kind === 'allocated') this.#tellAllocated(change);
      else if (change.kind === 'moved') this.#tellMoved(change);
      else
        this.#log.info('addresses released', {
          namespace: change.namespace,
          egressIPAM: change.egressIPAM,
          addresses: change.addresses,
          why: whyReleased(change.egressIPAM, namespaces.get(change.namespace), egressIPAMs),
        });
    }
  }

  #tellAllocated({ namespace, egressIPAM, placements }: ChangeOf<'allocated'>): void {
    // What nobody decided in this term was there: an annotation or a network object that is taken over.
    const why = this.#sources.get(namespace) ?? 'found';
    this.#sources.delete(namespace);
    this.#untold.delete(namespace);
    this.#log.info('addresses allocated', {
      namespace,
      egressIPAM,
      addresses: placements.map(({ address }) => address),
      nodes: placements.map(({ node }) => node),
      why,
    });
  }

  #tellMoved({ namespace, egressIPAM, address, from, to }: ChangeOf<'moved'>): void {
    const of = { namespace, egressIPAM, address };
    if (from === null) this.#log.info('address placed', { ...of, node: to });
    else if (to === null) this.#log.warn('address without a node', { ...of, from, why: this.#nodes.whyLeft(from) });
    else this.#log.info('address moved', { ...of, from, to, why: this.#nodes.whyLeft(from) });
  }

  /**
   * A claim that is not served is told once for each reason. What its owner asks for is told with each other thing that
   * is asked for; of what the cluster lacks the words change with every other claim.
   */
  #noteWaiting(waiting: readonly WaitingClaim[]): void {
    const standing = new Map<string, string>();
    for (const { namespace, egressIPAM, mender, reason } of waiting) {
      const { code, message, severity } = reason;
      // Whose turn comes in a moment has nothing that anybody is to be told of.
      if (severity === 'info') continue;
      const told = mender === 'owner' ? `${code}: ${message}` : code;
      standing.set(namespace, told);
      if (this.#waiting.get(namespace) !== told)
        this.#log.warn('claim not served', { namespace, egressIPAM, code, reason: message });
    }
    this.#waiting = standing;
  }
}

/** Nodes that addresses are on by a plan, or were on when that was told. */
function nodesNamedBy({ allocations }: Plan, told: ReadonlyMap<string, Holding> = new Map()): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { nodes } of [...allocations, ...told.values()])
    for (const node of nodes) if (node !== null) named.add(node);
  return named;
}

/** What is left of what a namespace had; undefined where that is nothing. */
function keptOf(had: Holding, addresses: readonly string[]): Holding | undefined {
  if (had.addresses.every((address) => addresses.includes(address))) return had;
  const kept = had.addresses.flatMap((address, index) =>
    addresses.includes(address) ? [{ address, node: had.nodes[index] ?? null }] : [],
  );
  if (kept.length === 0) return undefined;
  return {
    egressIPAM: had.egressIPAM,
    addresses: kept.map(({ address }) => address),
    nodes: kept.map(({ node }) => node),
  };
}

function isSame(
  had: Holding,
  egressIPAM: string,
  addresses: readonly string[],
  nodes: readonly (string | null)[],
): boolean {
  return (
    had.egressIPAM === egressIPAM &&
    had.addresses.length === addresses.length &&
    addresses.every((address, index) => had.addresses[index] === address && had.nodes[index] === nodes[index])
  );
}

/** Addresses that steps put on nodes or take off them, and the node that each still has; null: none. */
function addressesUnderWay({ steps }: Plan): ReadonlyMap<string, string | null> {
  const underWay = new Map<string, string | null>();
  for (const { effects, node } of steps) {
    for (const address of effects.hosted ?? []) if (!underWay.has(address)) underWay.set(address, null);
    for (const address of effects.unhosted ?? []) underWay.set(address, node ?? null);
  }
  return underWay;
}

/** The node of each address; of one that is still to move, the node that had it. */
function nodesNow(
  { addresses, nodes }: Allocation,
  had: Holding | undefined,
  underWay: ReadonlyMap<string, string | null>,
): readonly (string | null)[] {
  if (!addresses.some((address) => underWay.has(address))) return nodes;
  return addresses.map((address, index) => {
    const stillOn = underWay.get(address);
    if (stillOn === undefined) return nodes[index] ?? null;
    return had?.nodes[had.addresses.indexOf(address)] ?? stillOn;
  });
}

function whyReleased(
  egressIPAM: string,
  namespace: NamespaceSnapshot | undefined,
  egressIPAMs: ReadonlySet<string>,
): string {
  if (namespace === undefined || namespace.deletedAt !== undefined) return 'namespace deleted';
  if (namespace.egressIPAM === undefined || namespace.egressIPAM === '') return 'claim given up';
  if (namespace.egressIPAM !== egressIPAM) return 'other EgressIPAM claimed from';
  return egressIPAMs.has(egressIPAM) ? 'other addresses asked for' : 'EgressIPAM deleted';
}
