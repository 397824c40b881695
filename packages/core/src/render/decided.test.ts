import { expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { Allotment } from '../allocate/allotment.ts';
import type { Claim } from '../claims/claim.ts';
import { AddressLayout } from '../ledger/address-layout.ts';
import { AddressLedger } from '../ledger/address-ledger.ts';
import type { ClaimIndex, NodeIndex } from '../ledger/indexes.ts';
import type { PlacementMode } from '../network-contract/traits.ts';
import type { Pool } from '../place/pool.ts';
import { allotmentAt, nodeAt, nodeOf, placementOf, poolOf, type Decided } from './decided.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

/** An EgressIPAM that has one address. */
const poolWith = (text: string, placement: PlacementMode): Pool =>
  ({ placement, assignmentOf: (address: Address) => (address === at(text) ? {} : undefined) }) as unknown as Pool;
const allotmentOf = (claim: Partial<Claim>): Allotment => Allotment.unchanged(claim as Claim);

const [old, current] = [poolWith('10.0.0.1', 'network'), poolWith('10.1.0.1', 'us')];

it('who places an address is its EgressIPAM: after a switch the one that has it, else the one before', () => {
  const switched = Allotment.granted(
    { pool: current, from: old, kept: [], leaving: [] } as Partial<Claim> as Claim,
    [at('10.0.0.1'), at('10.1.0.1')],
    'new',
  );
  expect(['10.1.0.1', '10.0.0.1', '10.9.0.1'].map((text) => poolOf(switched, at(text)) === current)).toEqual([
    true,
    false,
    false,
  ]);
  expect(['10.1.0.1', '10.0.0.1'].map((text) => placementOf(switched, at(text)))).toEqual(['us', 'network']);
  expect(placementOf(allotmentOf({ pool: current }), at('10.9.0.1'))).toBe('us');
  expect(placementOf(allotmentOf({}), at('10.0.0.1'))).toBe('network');
});

it('the node of an address is the one that we decided on where we place, else the one that the network shows', () => {
  const ledger = new AddressLedger(new AddressLayout([]));
  const slot = ledger.slotOf(at('10.0.0.1'));
  ledger.placement.set(slot, 1 as NodeIndex);
  ledger.host.set(slot, 2 as NodeIndex);
  expect([nodeAt(ledger, slot, current), nodeAt(ledger, slot, old), nodeAt(ledger, slot, undefined)]).toEqual([
    1, 2, 2,
  ]);
  const decided = { ledger } as Decided;
  expect(nodeOf(decided, allotmentOf({ pool: current }), at('10.0.0.1'))).toBe(1);
  expect(nodeOf(decided, allotmentOf({ pool: old }), at('10.0.0.1'))).toBe(2);
});

it('what was decided about an address is what was decided about the claim that has it', () => {
  const ledger = new AddressLedger(new AddressLayout([]));
  const [one, other] = [ledger.slotOf(at('10.0.0.1')), ledger.slotOf(at('10.0.0.2'))];
  const allotments: readonly Allotment[] = [allotmentOf({}), allotmentOf({})];
  ledger.owner.set(one, 1 as ClaimIndex);
  const decided = { ledger, allotments } as Decided;
  expect(allotmentAt(decided, one)).toBe(allotments[1]);
  expect(allotmentAt(decided, other)).toBeUndefined();
});
