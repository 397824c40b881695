import { expect, it } from 'vitest';
import { whyNotReady } from './why-not-ready.ts';

const well = { kind: 'Node', hasSynced: true, failingSince: undefined };
const now = 100_000;

it('is ready once all is read, and the provider has no trouble', () => {
  expect(whyNotReady([well], undefined, now)).toBeUndefined();
  expect(whyNotReady([well], 'the provider does not answer', now)).toBe('the provider does not answer');
});

it('is not before everything is read', () => {
  expect(whyNotReady([well, { ...well, kind: 'Namespace', hasSynced: false }], undefined, now)).toContain('Namespace');
});

it('is not once something cannot be read for longer than a moment', () => {
  expect(whyNotReady([{ ...well, failingSince: now - 29_000 }], undefined, now)).toBeUndefined();
  expect(whyNotReady([{ ...well, failingSince: now - 31_000 }], undefined, now)).toContain('Node');
});

it('is while what may be late is, as with a role that lets nobody watch it', () => {
  const late = { ...well, kind: 'ServiceCIDR', failingSince: now - 31_000, mayBeLate: true };
  expect(whyNotReady([well, late], undefined, now)).toBeUndefined();
});
