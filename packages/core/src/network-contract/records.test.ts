import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { networkView } from '../plan/network-view.ts';
import { aNamespace, aSnapshot } from '../testing/builders.ts';
import type { NetworkView } from './facts.ts';
import { createJudge, isOnRecord, reportUnproven } from './records.ts';

/** What a back end is shown of `shop`, with these addresses on record. */
const viewOf = (egressIPs: string): NetworkView =>
  networkView(new Parser().parse(aSnapshot({ namespaces: [aNamespace('shop', 0, { egressIPs })] })));

it('law 11: our record confirms an object that has an address in common with it, or names none', () => {
  const view = viewOf('10.0.0.1,10.0.0.2');
  const isConfirmed = (namespace: string, ...texts: readonly string[]): boolean =>
    isOnRecord(view, namespace, parseAddresses(texts));
  expect(isConfirmed('shop', '10.0.0.9', '10.0.0.2')).toBe(true);
  expect(isConfirmed('shop', '10.0.0.9')).toBe(false);
  expect(isConfirmed('shop')).toBe(true);
  expect([isConfirmed('bank'), isConfirmed('bank', '10.0.0.1')]).toEqual([false, false]);
});

describe('a judge of objects that have our label', () => {
  interface Parsed {
    readonly address: Address;
    readonly ours: boolean;
  }
  const objects = ['10.0.0.1', '10.0.0.2'].map((text): Parsed => ({ address: parseAddress(text) ?? 0, ours: true }));
  const judgeOf = (note: (parsed: Parsed) => void): ReturnType<typeof createJudge<Parsed>> =>
    createJudge<Parsed>(
      ({ address }, view) => !isOnRecord(view, 'shop', [address]),
      (parsed) => {
        note(parsed);
        return { ...parsed, ours: false };
      },
    );

  it('gives to somebody else what the record does not confirm, each as the same object every time', () => {
    const asked: Parsed[] = [];
    const judge = judgeOf((parsed) => asked.push(parsed));
    const first = judge(objects, viewOf('10.0.0.2'));
    expect(first.map(({ ours }) => ours)).toEqual([false, true]);
    expect(first[1]).toBe(objects[1]);
    expect(judge(objects, viewOf('10.0.0.2'))[0]).toBe(first[0]);
    expect(asked).toEqual([objects[0]]);
  });

  it('leaves the list itself where all are confirmed', () => {
    expect(judgeOf(() => undefined)(objects, viewOf('10.0.0.1,10.0.0.2'))).toBe(objects);
  });
});

it('law 5: what is not proven to be ours is told, with its addresses', () => {
  const object = { kind: 'Policy', name: 'odd' };
  expect(reportUnproven(object, parseAddresses(['10.0.0.1']))).toMatchObject({
    ...{ code: 'OwnershipUnproven', severity: 'warning', object, addresses: ['10.0.0.1'] },
    message: expect.stringMatching(/^Policy odd has this project's label/) as string,
  });
  expect(reportUnproven(object, [])).not.toHaveProperty('addresses');
});
