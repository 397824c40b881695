import {
  concernsByEgressIPAM,
  type ClusterSnapshot,
  type Finding,
  type FindingCode,
  type Plan,
  type RefusedAddress,
} from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import { FencedError, ResourceClient, type EventRecorder, type RestClient } from '@egressip-ipam/kube';
import { isDeepStrictEqual } from 'node:util';
import { egressIPAMs } from '../network/resources.ts';
import type { ObjectLanes } from '../executor/object-lanes.ts';
import { laneOf, type WriteStep } from '../executor/write-step.ts';
import { holdingsOf, newsBetween, type Holdings, type News } from './news.ts';
import { printable } from '../output/printable.ts';
import { statusOf, unknownStatus } from './status.ts';
import type { StatusFailures } from './status-failures.ts';
import type { Unknown } from './unknown.ts';

/**
 * Beyond so many at once, news is told in one sentence: a thousand namespaces that come together need no thousand
 * Events.
 */
const mostAtOnce = 100;
const inOneSentence: Readonly<Record<News['reason'], string>> = {
  Allocated: 'got their addresses',
  Placed: 'have addresses on other nodes than before',
  Released: 'gave their addresses back',
};

type Status = Readonly<Record<string, unknown>>;

const passing: ReadonlySet<string> = new Set<FindingCode>(['Unassigned', 'PartiallyAssigned']);

/** What a {@link Reporter} works with. */
export interface ReporterOptions {
  readonly rest: RestClient;
  readonly events: EventRecorder;
  /** What the network or the cloud refused, to be written down. */
  readonly refused: () => readonly RefusedAddress[];
  /** Shared with whoever else writes EgressIPAMs. */
  readonly lanes: ObjectLanes;
  readonly failures: StatusFailures;
}

/**
 * Says what plans found: the status of EgressIPAMs, Events on what they are about. Writes nothing that is said already.
 */
export class Reporter {
  readonly #client: ResourceClient;
  readonly #events: EventRecorder;
  readonly #lanes: ObjectLanes;
  readonly #refused: () => readonly RefusedAddress[];
  readonly #failures: StatusFailures;
  readonly #status = new Map<string, Status>();
  /** Of EgressIPAMs that were read: `kubectl describe` shows Events by the uid that they name. */
  readonly #uids = new Map<string, Promise<string | undefined>>();
  /** Whose statuses are being written. */
  #newest: Plan | Unknown | undefined;
  /** Why nobody can tell how EgressIPAMs are, just now. */
  #unknown: Unknown | undefined;
  #standing = new Set<string>();
  /** By what they say: findings that may pass by themselves in a moment. */
  readonly #passing = new Map<string, { readonly finding: Finding; hasWaited: boolean }>();
  /** What namespaces had when it was told last; what there was in the beginning is no news. */
  #holdings: Holdings | undefined;

  constructor({ rest, events, refused, lanes, failures }: ReporterOptions) {
    this.#lanes = lanes;
    this.#failures = failures;
    this.#refused = refused;
    this.#client = new ResourceClient(rest, egressIPAMs);
    this.#events = events;
  }

  /** Events of the problems that are new in a plan: once while they stand. */
  tell(plan: Plan): void {
    // An EgressIPAM that is made again has no status, whatever the one before it had.
    const pools = new Set(plan.egressIPAMs.filter(({ deleting }) => !deleting).map(({ name }) => name));
    for (const name of this.#status.keys()) if (!pools.has(name)) this.#status.delete(name);
    for (const name of this.#uids.keys()) if (!pools.has(name)) this.#uids.delete(name);
    this.#failures.keepOnly((name) => pools.has(name));
    const standing = new Set<string>();
    const passingNow = new Set<string>();
    for (const finding of plan.findings) {
      const { code, severity, object, message } = finding;
      if (severity === 'info' || object.kind === 'Provider') continue;
      const key = `${object.kind}/${object.name}/${code}/${message}`;
      // What the network has not got round to yet is no news: it is told when it still stands after a while.
      if (passing.has(code) && !this.#standing.has(key)) {
        if (!this.#passing.has(key)) this.#passing.set(key, { finding, hasWaited: false });
        passingNow.add(key);
        continue;
      }
      standing.add(key);
      if (!this.#standing.has(key)) this.#record(object.kind, object.name, 'Warning', code, message);
    }
    this.#standing = standing;
    for (const key of this.#passing.keys()) if (!passingNow.has(key)) this.#passing.delete(key);
    this.#holdings ??= holdingsOf(plan);
  }

  /** Says that a node counts as dead before the API server says so. */
  tellDead(node: string, message: string): void {
    this.#record('Node', node, 'Warning', 'ProbedDead', message);
  }

  /** Says that someone else keeps undoing a write, and that it is put back ever more slowly. */
  tellUndone(step: WriteStep, times: number): void {
    const { namespace, node, egressIPAM } = step;
    const [kind, name] =
      namespace !== undefined
        ? ['Namespace', namespace]
        : node !== undefined
          ? ['Node', node]
          : egressIPAM !== undefined
            ? ['EgressIPAM', egressIPAM]
            : [];
    if (kind === undefined || name === undefined) return;
    this.#record(
      kind,
      name,
      'Warning',
      'Undone',
      times === 1
        ? `someone else undid what was written to ${step.object.kind} ${step.object.name}; it is put back`
        : `someone else keeps undoing what is written to ${step.object.kind} ${step.object.name} (${times} times in a row); it is put back, but ever more slowly: find out who, and stop one of the two`,
    );
  }

  /**
   * Tells who got, moved or gave back addresses, and what the network should have done by now: when all is written, so
   * that Events never stand in the way of what carries traffic. Where it never gets quiet, the network has had the time
   * for what it has not done when it still stands the next time.
   */
  tellNews(plan: Plan, snapshot: ClusterSnapshot, isQuiet: boolean): void {
    this.#tellPassing(plan, isQuiet);
    const before = this.#holdings ?? new Map();
    this.#holdings = holdingsOf(plan, before);
    const news = newsBetween(before, this.#holdings, snapshot);
    if (news.length > mostAtOnce) this.#tellTogether(news);
    else
      for (const { namespace, reason, message } of news)
        this.#record('Namespace', namespace, 'Normal', reason, message);
  }

  #tellTogether(news: readonly News[]): void {
    for (const [reason, happened] of Object.entries(inOneSentence)) {
      const namespaces = new Map(
        news.filter((entry) => entry.reason === reason).map(({ namespace, egressIPAM }) => [namespace, egressIPAM]),
      );
      for (const [egressIPAM, count] of countBy([...namespaces.values()]))
        this.#record('EgressIPAM', egressIPAM, 'Normal', reason, `${count} namespaces ${happened}`);
    }
  }

  #tellPassing({ allocations }: Plan, isQuiet: boolean): void {
    const due: Finding[] = [];
    for (const [key, entry] of this.#passing) {
      if (isQuiet || entry.hasWaited) {
        this.#passing.delete(key);
        this.#standing.add(key);
        due.push(entry.finding);
      }
      entry.hasWaited = true;
    }
    if (due.length <= mostAtOnce) {
      for (const { code, object, message } of due) this.#record(object.kind, object.name, 'Warning', code, message);
      return;
    }
    const egressIPAMOf = new Map(allocations.map(({ namespace, egressIPAM }) => [namespace, egressIPAM]));
    for (const code of passing) {
      const names = due
        .filter((finding) => finding.code === code)
        .map(({ object }) => egressIPAMOf.get(object.name) ?? '');
      for (const [egressIPAM, count] of countBy(names))
        this.#record(
          'EgressIPAM',
          egressIPAM,
          'Warning',
          code,
          `no node carries addresses of ${count} of its namespaces yet; "egressip-ipam plan --live" names them`,
        );
    }
  }

  /** How EgressIPAMs are cannot be told, and no plan changes that, or it can be told again: the next status says so. */
  noteUnknown(unknown: Unknown | undefined): void {
    this.#unknown = unknown;
  }

  /**
   * Brings the status of every EgressIPAM up to date; of one that is being written, once that has ended.
   *
   * @returns in how many milliseconds to come again for those that could not be written; undefined where all could
   */
  async writeStatus(plan: Plan, snapshot: ClusterSnapshot): Promise<number | undefined> {
    const concerns = concernsByEgressIPAM(plan);
    const reports = plan.egressIPAMs.filter(({ deleting }) => !deleting);
    await this.#writeAll(plan, reports, snapshot.time, (report, before) =>
      statusOf(concerns(report.name), snapshot, report, before, this.#refused()),
    );
    return this.#failures.nextIn;
  }

  /** Where no plan says how EgressIPAMs are: that it is not known. */
  async writeUnknown(unknown: Unknown, names: readonly string[], time: string): Promise<void> {
    const pools = names.map((name) => ({ name }));
    await this.#writeAll(unknown, pools, time, (_pool, { conditions, summary, claims }) => ({
      ...{ conditions, summary, claims },
    }));
  }

  async #writeAll<Pool extends { readonly name: string }>(
    cause: Plan | Unknown,
    pools: readonly Pool[],
    time = new Date(0).toISOString(),
    wantedOf: (pool: Pool, before: Status) => Status,
  ): Promise<void> {
    this.#newest = cause;
    for (const pool of pools) {
      // Who comes later knows better what to write.
      if (this.#newest !== cause) return;
      if (!this.#failures.isDue(pool.name)) continue;
      const free = this.#lanes.take(laneOf({ object: { kind: 'EgressIPAM', name: pool.name } }));
      if (free === undefined) continue;
      try {
        const before = this.#status.get(pool.name) ?? (await this.#readStatus(pool.name));
        const wanted = wantedOf(pool, before);
        const unknown = this.#unknown;
        await this.#writeOne(
          pool.name,
          before,
          unknown === undefined ? wanted : unknownStatus(wanted, unknown, before, time),
        );
        this.#failures.done(pool.name);
      } catch (error) {
        if (FencedError.isInstance(error)) return;
        this.#failures.failed(pool.name, error);
      } finally {
        free();
      }
    }
  }

  async #writeOne(name: string, before: Status, wanted: Status): Promise<void> {
    const written = asRecord(JSON.parse(JSON.stringify(wanted)));
    if (isDeepStrictEqual(pick(before, Object.keys(written)), written)) {
      this.#status.set(name, before);
      return;
    }
    const object = await this.#client.mergePatch({ name }, { status: written }, { subresource: 'status' });
    // An older definition drops fields that it lacks: what was written counts, or it would be written for ever.
    this.#status.set(name, { ...asRecord(object['status']), ...written });
  }

  async #readStatus(name: string): Promise<Status> {
    const object = await this.#client.get({ name });
    this.#uids.set(name, Promise.resolve(object.metadata.uid));
    return asRecord(object['status']);
  }

  #record(kind: string, name: string, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const record = (apiVersion: string, uid?: string): void =>
      this.#events.record({
        object: { apiVersion, kind, name, ...(uid === undefined ? {} : { uid }) },
        type,
        reason,
        message: printable(message),
      });
    if (kind === 'Namespace') record('v1');
    // As the kubelet's own Events do, which `kubectl describe node` looks for by the node's name.
    else if (kind === 'Node') record('v1', name);
    else if (kind === 'EgressIPAM') void this.#uidOf(name).then((uid) => record('redhatcop.redhat.io/v1alpha1', uid));
  }

  /** Of an EgressIPAM; undefined where it cannot be read, which makes its Events harder to find, and no worse. */
  #uidOf(name: string): Promise<string | undefined> {
    const known = this.#uids.get(name);
    if (known !== undefined) return known;
    const uid = this.#client.get({ name }).then(
      ({ metadata }) => metadata.uid,
      () => {
        this.#uids.delete(name);
        return undefined;
      },
    );
    this.#uids.set(name, uid);
    return uid;
  }
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function pick(record: Readonly<Record<string, unknown>>, keys: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keys.map((key) => [key, record[key]]));
}
