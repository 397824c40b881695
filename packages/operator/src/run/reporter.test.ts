import { buildSnapshot, plan, type Allocation, type Finding } from '@egressip-ipam/core';
import type { Clock, EventRecorder, RestClient } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import { ObjectLanes } from '../executor/object-lanes.ts';
import type { Log } from '../log/log.ts';
import { Reporter } from './reporter.ts';
import { StatusFailures } from './status-failures.ts';
import type { Unknown } from './unknown.ts';

let now = 0;
const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  setTimeout: () => ({ cancel: () => undefined }),
};
const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const reporterOf = (rest: RestClient, events: EventRecorder, failures = new StatusFailures(clock, log)): Reporter =>
  new Reporter({ rest, events, refused: () => [], lanes: new ObjectLanes(() => undefined), failures });

describe('what may pass by itself in a moment', () => {
  let told: string[];
  let reporter: Reporter;
  const unassigned = (name: string): Finding => ({
    code: 'Unassigned',
    severity: 'error',
    object: { kind: 'Namespace', name },
    message: 'no node carries it yet',
  });
  const empty = buildSnapshot({});
  const tell = (...findings: readonly Finding[]): void => reporter.tell({ ...plan(empty), findings });
  const tellNews = (isQuiet: boolean): void => reporter.tellNews(plan(empty), empty, isQuiet);

  beforeEach(() => {
    told = [];
    const events = {
      record: ({ object }: { object: { name: string } }) => void told.push(object.name),
    } as unknown as EventRecorder;
    reporter = reporterOf({} as RestClient, events);
  });

  it('is told once, when it still stands after everything got quiet', () => {
    tell(unassigned('passes'), unassigned('stays'));
    tell(unassigned('stays'));
    expect(told).toEqual([]);
    tellNews(true);
    tell(unassigned('stays'));
    tellNews(true);
    expect(told).toEqual(['stays']);
  });

  it('is told where it never gets quiet, when it stands the second time that news are told', () => {
    tell(unassigned('stays'), unassigned('passes'));
    tellNews(false);
    tell(unassigned('stays'), unassigned('new'));
    tellNews(false);
    expect(told).toEqual(['stays']);
  });

  it('is told in one sentence where a whole cluster waits', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `ns-${index}`);
    const allocations = names.map((namespace): Allocation => ({
      namespace,
      egressIPAM: 'pool',
      source: 'kept',
      addresses: ['10.0.0.1'],
      nodes: [null],
      carried: false,
    }));
    const waiting = { ...plan(empty), allocations, findings: names.map(unassigned) };
    reporter.tell(waiting);
    reporter.tellNews(waiting, empty, true);
    await expect.poll(() => told).toEqual(['pool']);
  });
});

describe('an Event', () => {
  /** What is told of an object whose uid the API server has or does not have. */
  const toldOf = async (kind: string, request: () => Promise<unknown>): Promise<unknown> => {
    const told: unknown[] = [];
    const events = { record: ({ object }: { object: unknown }) => void told.push(object) } as unknown as EventRecorder;
    const rest = { request, history: { see: () => undefined } } as unknown as RestClient;
    const reporter = reporterOf(rest, events);
    const object = { kind, name: 'a' };
    const finding: Finding = { code: 'NoNodes', severity: 'warning', object, message: 'no node has it' };
    reporter.tell({ ...plan(buildSnapshot({})), findings: [finding] });
    await expect.poll(() => told).toHaveLength(1);
    return told[0];
  };
  const gone = (): Promise<unknown> => Promise.reject(new Error('gone'));

  it('of an EgressIPAM names its uid, without which kubectl describe does not find it', async () => {
    const object = { metadata: { name: 'a', uid: 'u-1' } };
    expect(await toldOf('EgressIPAM', async () => object)).toMatchObject({ kind: 'EgressIPAM', uid: 'u-1' });
  });

  it('of an EgressIPAM that cannot be read is told without', async () => {
    expect(await toldOf('EgressIPAM', gone)).toEqual({
      apiVersion: 'redhatcop.redhat.io/v1alpha1',
      kind: 'EgressIPAM',
      name: 'a',
    });
  });

  it("of a node names it as the kubelet's do", async () => {
    expect(await toldOf('Node', gone)).toMatchObject({ kind: 'Node', uid: 'a' });
  });
});

describe('the status of EgressIPAMs', () => {
  const pools = ['a', 'b', 'c'];
  const snapshot = buildSnapshot({
    egressIPAMs: pools.map((name) => ({
      ...{ name, createdAt: '', topologyLabel: 'zone' },
      cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a' }],
    })),
    time: '1970-01-01T00:00:00Z',
  });
  const decided = plan(snapshot);
  let stored: Map<string, Readonly<Record<string, unknown>>>;
  let written: string[];
  /** Of which writes fail, and how. */
  let broken: Map<string, string>;
  let told: string[];
  let reporter: Reporter;
  const request = async (
    verb: string,
    path: string,
    { body }: { readonly body?: { readonly status: Readonly<Record<string, unknown>> } } = {},
  ): Promise<unknown> => {
    const name = path.split('/')[5] ?? '';
    if (verb === 'PATCH') {
      written.push(name);
      const reason = broken.get(name);
      if (reason !== undefined) throw new Error(reason);
      stored.set(name, { ...stored.get(name), ...body?.status });
    }
    return {
      apiVersion: 'redhatcop.redhat.io/v1alpha1',
      kind: 'EgressIPAM',
      metadata: { name },
      status: stored.get(name),
    };
  };
  const ready = (name: string): unknown =>
    (stored.get(name)?.['conditions'] as { type: string }[] | undefined)?.find(({ type }) => type === 'Ready');

  beforeEach(() => {
    [now, stored, written, broken, told] = [0, new Map(), [], new Map(), []];
    const rest = { request, history: { see: () => undefined } } as unknown as RestClient;
    const tell = (message: string, fields: object = {}): void => void told.push(`${message} ${JSON.stringify(fields)}`);
    const failures = new StatusFailures(clock, { ...log, info: tell, warn: tell });
    reporter = reporterOf(rest, { record: () => undefined } as unknown as EventRecorder, failures);
  });

  it('is written of all, though that of one cannot be: it is told once, and tried ever later', async () => {
    broken.set('a', 'too large');
    expect(await reporter.writeStatus(decided, snapshot)).toBe(1_000);
    expect(written).toEqual(['a', 'b', 'c']);
    for (now = 0; now < 60_000; now += 100) await reporter.writeStatus(decided, snapshot);
    expect(written.length).toBeLessThan(10);
    expect(told).toEqual([
      'a status cannot be written {"egressIPAM":"a","reason":"too large","retryInMilliseconds":1000}',
    ]);
    broken.clear();
    now += 60_000;
    expect(await reporter.writeStatus(decided, snapshot)).toBeUndefined();
    expect(ready('a')).toMatchObject({ status: 'True' });
    expect(told).toHaveLength(2);
  });

  it('law 12: says nothing well while nobody can tell, in one write, and the truth with the next plan', async () => {
    await reporter.writeStatus(decided, snapshot);
    const unknown: Unknown = { reason: 'NotPlanned', message: 'no plan can be made: no idea' };
    const time = '1970-01-01T00:01:00Z';
    reporter.noteUnknown(unknown);
    written = [];
    for (let round = 0; round < 3; round += 1) await reporter.writeUnknown(unknown, pools, time);
    expect(written).toEqual(pools);
    expect(ready('b')).toMatchObject({ status: 'Unknown', reason: 'NotPlanned', lastTransitionTime: time });
    // A plan by what is known no more changes nothing of it.
    await reporter.writeStatus(decided, snapshot);
    expect(ready('b')).toMatchObject({ status: 'Unknown' });
    reporter.noteUnknown(undefined);
    await reporter.writeStatus(decided, snapshot);
    expect(ready('b')).toMatchObject({ status: 'True', reason: 'AllServed' });
  });
});
