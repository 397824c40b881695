import { expect, it } from 'vitest';
import type { Plan } from '../plan/plan-types.ts';
import { concernsByEgressIPAM, isReady } from './concerns.ts';

it('a plan is sorted by EgressIPAM: what is wrong with it, who waits, what carries no traffic, what is not safe', () => {
  const about = (kind: string, name: string, severity: string): object => ({ object: { kind, name }, severity });
  const wait = (egressIPAM: string, namespace: string, mender: string): object => ({ egressIPAM, namespace, mender });
  const has = (egressIPAM: string, namespace: string, carried: boolean): object => ({
    ...{ egressIPAM, namespace, carried },
    addresses: ['10.0.0.1'],
  });
  const conflict = (kind: string, name: string): object => ({ ...about(kind, name, 'error'), code: 'AddressConflict' });
  const concerns = concernsByEgressIPAM({
    findings: [
      about('EgressIPAM', 'a', 'error'),
      about('EgressIPAM', 'a', 'info'),
      about('Namespace', 'a', 'error'),
      conflict('Namespace', 'well'),
      conflict('Node', 'lost'),
      { ...about('Namespace', 'lost', 'error'), code: 'Unassigned' },
      about('Namespace', 'well', 'warning'),
      { ...about('Namespace', 'well', 'error'), code: 'InvalidAddress' },
    ],
    waiting: [wait('a', 'mistyped', 'owner'), wait('a', 'unlucky', 'cluster'), wait('b', 'other', 'cluster')],
    allocations: [has('a', 'well', true), has('a', 'lost', false)],
  } as unknown as Plan);
  const { problems, waiting, lost, errors } = concerns('a');
  expect(problems).toEqual([about('EgressIPAM', 'a', 'error')]);
  expect(waiting.map(({ namespace }) => namespace)).toEqual(['unlucky', 'mistyped']);
  expect(lost.map(({ namespace }) => namespace)).toEqual(['lost']);
  expect(errors).toEqual([conflict('Namespace', 'well')]);
  expect(concerns('c')).toEqual({ problems: [], waiting: [], lost: [], errors: [] });
  expect([concerns('a'), concerns('b'), concerns('c')].map(isReady)).toEqual([false, false, true]);
});
