import { describe, expect, it } from 'vitest';
import { EventCorrelator } from './correlator.ts';
import type { EventInput } from './event.ts';

function input(message: string, name = 'team-a'): EventInput {
  return { object: { apiVersion: 'v1', kind: 'Namespace', name }, type: 'Normal', reason: 'Allocated', message };
}

describe('EventCorrelator', () => {
  it('gives repetitions one key, and different messages different ones', () => {
    const correlator = new EventCorrelator();
    const [first, second, other] = [input('x'), input('x'), input('y')].map(
      (event) => correlator.correlate(event, 0)?.key,
    );
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it('combines similar events after ten messages, for ten minutes', () => {
    const correlator = new EventCorrelator();
    for (let count = 0; count < 10; count++) correlator.correlate(input(`message ${count}`), 0);
    const eleventh = correlator.correlate(input('message 10'), 0);
    expect(eleventh?.input.message).toBe('(combined from similar events): message 10');
    expect(correlator.correlate(input('message 11'), 0)?.key).toBe(eleventh?.key);
    expect(correlator.correlate(input('message 3'), 0)?.input.message).toBe('message 3');
    expect(correlator.correlate(input('message 12'), 600_001)?.input.message).toBe('message 12');
  });

  it('lets 25 events of an object through at once, then one in five minutes', () => {
    const correlator = new EventCorrelator();
    const admitted = Array.from({ length: 30 }, () => correlator.correlate(input('x'), 0)).filter(Boolean);
    expect(admitted).toHaveLength(25);
    expect(correlator.correlate(input('x', 'team-b'), 0)).toBeDefined();
    expect(correlator.correlate(input('x'), 299_999)).toBeUndefined();
    expect(correlator.correlate(input('x'), 300_001)).toBeDefined();
  });
});
