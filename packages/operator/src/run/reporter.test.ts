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

  it('is told in one sentence where a whole cluster waits', () => {
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
    expect(told).toEqual(['pool']);
  });
});
