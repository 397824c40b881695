import { describe, expect, it } from 'vitest';
import { RememberPace } from './remember-pace.ts';
import type { WriteStep } from './write-step.ts';

const remember = (egressIPAM: string, entries = 0): WriteStep => ({
  kind: 'remember',
  id: `remember ${egressIPAM}`,
  object: { kind: 'EgressIPAM', name: egressIPAM },
  effects: {},
  after: [],
  egressIPAM,
  released: Array.from({ length: entries }, () => ({ namespace: 'shop', addresses: [], releasedAt: '' })),
});

describe('the pace of what EgressIPAMs remember', () => {
  it('writes a release that comes alone at once, and those that follow it together, a second after it', () => {
    const pace = new RememberPace();
    expect(pace.dueTime(remember('pool'))).toBe(0);
    pace.begin(remember('pool'), 5_000);
    expect(pace.dueTime(remember('pool'))).toBe(6_000);
    pace.begin(remember('pool'), 6_000);
    expect(pace.dueTime(remember('pool'))).toBe(7_000);
  });

  it('writes a long list the more seldom the longer it is', () => {
    const pace = new RememberPace();
    pace.begin(remember('pool', 10_000), 5_000);
    expect(pace.dueTime(remember('pool'))).toBe(15_000);
  });

  it('keeps no other EgressIPAM waiting, and no other write of the same', () => {
    const pace = new RememberPace();
    pace.begin(remember('pool'), 5_000);
    expect(pace.dueTime(remember('other'))).toBe(0);
    const finalizer: WriteStep = {
      kind: 'finalizer',
      id: 'finalizer pool',
      object: { kind: 'EgressIPAM', name: 'pool' },
      effects: {},
      after: [],
      egressIPAM: 'pool',
      present: true,
      finalizers: [],
    };
    expect(pace.dueTime(finalizer)).toBe(0);
    pace.begin(finalizer, 5_500);
    expect(pace.dueTime(remember('pool'))).toBe(6_000);
  });

  it('forgets what nothing waits for, and nothing else', () => {
    const pace = new RememberPace();
    pace.begin(remember('pool'), 5_000);
    pace.forget(5_999);
    expect(pace.dueTime(remember('pool'))).toBe(6_000);
    pace.forget(6_000);
    expect(pace.dueTime(remember('pool'))).toBe(0);
  });
});
