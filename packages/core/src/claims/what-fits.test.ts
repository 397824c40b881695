import { expect, it } from 'vitest';
import { parseAddresses } from '../parse/parse-lists.ts';
import { parseEgressIPAM } from '../parse/parse-egress-ipam.ts';
import type { Pool } from '../place/pool.ts';
import { anEgressIPAM } from '../testing/builders.ts';
import { assignmentOf } from './match-assignments.ts';
import { adoptable, fittingNone, replacedOf, withBound } from './what-fits.ts';

const egressIPAM = parseEgressIPAM(anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=b']));
const pool = { egressIPAM, assignmentOf: (address: number) => assignmentOf(egressIPAM, address) } as unknown as Pool;
const of = (...texts: readonly string[]): ReturnType<typeof parseAddresses> => parseAddresses(texts);

it('of what is bound, one address for each CIDR assignment can be adopted', () => {
  expect(adoptable(of('10.0.0.1', '10.0.0.2', '10.1.0.1', '10.2.0.1'), pool)).toEqual(of('10.0.0.1', '10.1.0.1'));
});

it('what is bound fills what is missing', () => {
  expect(withBound(of('10.0.0.1'), of('10.0.0.2', '10.1.0.2'), pool)).toEqual(of('10.0.0.1', '10.1.0.2'));
});

it('what fits none is in no CIDR, or beside one that fits', () => {
  expect(fittingNone(of('10.0.0.1', '10.0.0.2', '10.2.0.1'), pool)).toEqual(of('10.0.0.2', '10.2.0.1'));
});

it('goes once a wish has taken its place, and nothing else goes', () => {
  const standIns = of('10.0.0.1', '10.1.0.1', '10.2.0.1');
  const goes = (wishes: readonly string[], proven: readonly string[] = [], hasSwitched = false): unknown =>
    replacedOf(false, { proven: of(...proven), wishes: of(...wishes), standIns, hasSwitched }, pool);
  expect(goes(['10.0.0.9'])).toEqual(of('10.0.0.1', '10.2.0.1'));
  expect(goes([])).toEqual([]);
  expect(goes(['10.0.0.9'], ['10.3.0.1'])).toEqual(of('10.0.0.1', '10.2.0.1'));
  expect(goes([], ['10.3.0.1'], true)).toEqual(of('10.3.0.1', '10.2.0.1'));
});

it('in place of a lost record what is in no CIDR goes, and nothing beside it', () => {
  const found = { proven: of(), wishes: of(), standIns: of('10.0.0.1', '10.0.0.2', '10.2.0.1'), hasSwitched: false };
  expect(replacedOf(true, found, pool)).toEqual(of('10.2.0.1'));
});
