import { expect, it } from 'vitest';
import { adoptionOf, makerAfter } from './adoption.ts';

const decisions = { isContested: (address: unknown) => address === 2 };

it('law 11: an object of somebody else is adopted by its own uid, once nothing else uses its addresses', () => {
  expect(adoptionOf({ applied: false, uid: 'u' }, [1], decisions)).toBe('u');
  expect(adoptionOf({ applied: false, uid: 'u' }, [1, 2], decisions)).toBeUndefined();
  expect(adoptionOf({ applied: true }, [1], decisions)).toBeUndefined();
  expect(adoptionOf({}, [1], decisions)).toBeUndefined();
});

it('who made an object is the same after a write of ours, unless that makes it, or adopts it', () => {
  expect(makerAfter(undefined, undefined)).toEqual({ applied: true });
  expect(makerAfter({ applied: false, uid: 'u' }, 'u')).toEqual({ applied: true });
  for (const before of [{ applied: false, uid: 'u' }, { applied: true }, {}])
    expect(makerAfter(before, undefined)).toEqual(before);
});
