import { describe, expect, it } from 'vitest';
import { adoptable } from './adoptable.ts';
import { aForeignEgressIP, anEgressIP, onOvn } from './testing/builders.ts';

const offered = (...egressIPs: Parameters<typeof onOvn>[1] & object): ReturnType<typeof adoptable> =>
  adoptable(onOvn({}, egressIPs).network.objects);

describe('EgressIPs that may be handed over', () => {
  it('are those of others that select one namespace by its name', () => {
    expect(
      offered(aForeignEgressIP('shop', ['10.0.0.9'], { name: 'by-hand' }), anEgressIP('web', ['10.0.0.1'])),
    ).toEqual([{ object: { kind: 'EgressIP', name: 'by-hand' }, namespace: 'shop', addresses: ['10.0.0.9'] }]);
    expect(offered(aForeignEgressIP('shop', ['10.0.0.9'], { deletedAt: '2026-01-01T00:00:00Z' }))).toEqual([]);
  });

  it.each([
    ['by other labels', aForeignEgressIP('shop', ['10.0.0.9'], { namespaceSelector: { matchLabels: { team: 'a' } } })],
    ['some pods', aForeignEgressIP('shop', ['10.0.0.9'], { podSelector: { matchLabels: { a: 'b' } } })],
    ['is none', aForeignEgressIP('shop', ['10.0.0.300'])],
    ['is the one that namespace web', aForeignEgressIP('shop', ['10.0.0.9'], { name: 'egressip-web' })],
  ])('are refused with a reason: %s', (reason, egressIP) => {
    expect(offered(egressIP)[0]?.refusal).toContain(reason);
  });
});
