import { buildSnapshot, plan, type Allocation, type Finding } from '@egressip-ipam/core';
import type { EventRecorder, RestClient } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import { ObjectLanes } from '../executor/object-lanes.ts';
import { Reporter } from './reporter.ts';

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
    reporter = new Reporter({} as RestClient, events, () => [], new ObjectLanes(() => undefined));
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
    const reporter = new Reporter(rest, events, () => [], new ObjectLanes(() => undefined));
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
