import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import {
  afterStep,
  type NetworkStep,
  type Precondition,
  type Step,
  type StepEffects,
} from '../network-contract/step.ts';
import { addressesOf, inOrder, StepsByAddress } from './step-order.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

/** A step that writes the object of its name, or another one. */
function step(id: string, effects: StepEffects, { after = [] as readonly string[], name = id } = {}): NetworkStep {
  const object = { kind: 'Object', name };
  return { kind: 'network', action: 'write', id, object, effects, after: after.map(afterStep), payload: null };
}

const ids = (list: readonly (Precondition | Step)[]): readonly string[] =>
  list.flatMap((entry) => ('id' in entry ? [entry.id] : []));

describe('the steps of an address', () => {
  const address = at('10.0.0.1');
  const list = ['10.0.0.1'];
  const steps = new StepsByAddress([
    step('record', { recorded: list }),
    step('host', { hosted: ['10.0.0.1', '10.0.0.2'], bound: list }),
    step('host again', { hosted: list }, { name: 'host' }),
    step('host elsewhere', { hosted: list }),
    step('unbind', { unbound: list }),
    step('unbind last', { unbound: list }, { after: ['detach'] }),
    step('unhost', { unhosted: list }),
    step('detach', { detached: list }),
    step('of another', { hosted: ['10.0.0.2'], unhosted: ['10.0.0.2'] }),
  ]);

  it('are found by what they do to it, one for each object', () => {
    expect(ids(steps.recording(address))).toEqual(['record']);
    expect(ids(steps.hosting(address))).toEqual(['host', 'host elsewhere']);
    expect(ids(steps.unhosting(address))).toEqual(['unhost']);
    expect(ids(steps.undoing(address))).toEqual(['unbind', 'unbind last', 'unhost', 'detach']);
    expect(ids(steps.hosting(at('10.0.0.2')))).toEqual(['host', 'of another']);
    expect(ids(steps.hosting(at('10.0.0.3')))).toEqual([]);
  });

  it('that unbind it are not those that wait for the very step that asks', () => {
    expect(ids(steps.unbinding(address, 'detach'))).toEqual(['unbind']);
    expect(ids(steps.unbinding(address, 'other'))).toEqual(['unbind', 'unbind last']);
  });
});

describe('the order of steps', () => {
  it('has each step once, behind all that it waits for', () => {
    // Each may wait for those with a lower number, however they are mixed.
    const waits = fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 4 }), { maxLength: 12 });
    const mixed = waits
      .map((lists) =>
        lists.map((list, index) => [`${index}`, list.filter((other) => other < index).map(String)] as const),
      )
      .chain((entries) => fc.shuffledSubarray(entries, { minLength: entries.length }));
    fc.assert(
      fc.property(mixed, (entries) => {
        const steps = entries.map(([id, after]) => step(id, {}, { after }));
        const ordered = ids(inOrder(steps));
        expect([...ordered].sort()).toEqual([...ids(steps)].sort());
        for (const [id, after] of entries)
          for (const other of after) expect(ordered.indexOf(other)).toBeLessThan(ordered.indexOf(id));
      }),
    );
  });

  it('stays where nothing has to wait, and goes on where what is awaited is no step of the plan', () => {
    const free = [step('b', {}), step('a', {})];
    expect(inOrder(free)).toBe(free);
    expect(ids(inOrder([step('b', {}, { after: ['nobody'] }), step('a', {})]))).toEqual(['b', 'a']);
  });
});

it('the addresses of texts are those that are addresses', () => {
  expect(addressesOf(['10.0.0.1', 'nonsense'])).toEqual([at('10.0.0.1')]);
  expect(addressesOf(undefined)).toEqual([]);
});
