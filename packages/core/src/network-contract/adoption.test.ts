import { expect, it } from 'vitest';
import { adoptionOf } from './adoption.ts';

const decisions = { isContested: (address: unknown) => address === 2 };

it('law 11: an object of somebody else is adopted by its own uid, once nothing else uses its addresses', () => {
  expect(adoptionOf({ applied: false, uid: 'u' }, [1], decisions)).toBe('u');
  expect(adoptionOf({ applied: false, uid: 'u' }, [1, 2], decisions)).toBeUndefined();
  expect(adoptionOf({ applied: true }, [1], decisions)).toBeUndefined();
  expect(adoptionOf({}, [1], decisions)).toBeUndefined();
});
