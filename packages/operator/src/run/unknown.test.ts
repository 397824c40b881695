import type { Clock } from '@egressip-ipam/kube';
import { beforeEach, expect, it } from 'vitest';
import { UnknownWatch, type Unknown } from './unknown.ts';

let now: number;
let timer: { readonly at: number; readonly callback: () => void } | undefined;
let trouble: string | undefined;
let changes: (readonly [number, Unknown | undefined])[];
let asked: number;
let node: { kind: string; hasSynced: boolean; failingSince: number | undefined; mayBeLate?: boolean };
let watch: UnknownWatch;

const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  setTimeout: (callback, milliseconds) => {
    const own = { at: now + milliseconds, callback };
    timer = own;
    return { cancel: () => void (timer === own && (timer = undefined)) };
  },
};
const pass = (milliseconds: number): void => {
  for (const end = now + milliseconds; ; timer?.callback()) {
    now = Math.min(end, timer?.at ?? end);
    if (timer === undefined || timer.at > end) return;
  }
};

beforeEach(() => {
  [now, timer, trouble, changes, asked] = [0, undefined, undefined, [], 0];
  node = { kind: 'Node', hasSynced: true, failingSince: undefined };
  watch = new UnknownWatch({
    clock,
    collections: [node],
    trouble: () => trouble,
    onChange: (unknown) => changes.push([now, unknown]),
    onUnknown: () => (asked += 1),
  });
  watch.look();
});

it('is after a minute without a plan, for the reason that stood then, and over at once with the next plan', () => {
  pass(20_000);
  trouble = 'no plan can be made: no idea 1';
  pass(60_000);
  expect(changes).toEqual([]);
  pass(5_000);
  const cause = { reason: 'NotPlanned', message: trouble };
  expect(changes).toEqual([[85_000, cause]]);
  trouble = 'no plan can be made: no idea 2';
  pass(600_000);
  expect(changes).toHaveLength(1);
  expect(asked).toBeGreaterThan(100);
  trouble = undefined;
  watch.look();
  expect(changes[1]).toEqual([685_000, undefined]);
});

it('is not while plans are made now and then', () => {
  for (let round = 0; round < 20; round += 1) {
    trouble = 'no idea';
    pass(50_000);
    trouble = undefined;
    watch.look();
  }
  expect(changes).toEqual([]);
});

it('is when something cannot be read for long, whether it ever could be, but for what may be late', () => {
  node.failingSince = 0;
  pass(70_000);
  node.failingSince = undefined;
  node.hasSynced = false;
  pass(70_000);
  const cause = { reason: 'NotRead', message: 'the API server does not let these be read: Node' };
  expect(changes).toEqual([[65_000, cause]]);
  [node.hasSynced, node.failingSince, node.mayBeLate] = [true, now, true];
  pass(70_000);
  expect(changes.map(([, unknown]) => unknown)).toEqual([cause, undefined]);
});

it('has the reason of now, whatever was before', () => {
  node.failingSince = 0;
  pass(70_000);
  [node.failingSince, trouble] = [undefined, 'no plan can be made: no idea'];
  pass(5_000);
  expect(changes.map(([, unknown]) => unknown?.reason)).toEqual(['NotRead', 'NotPlanned']);
});
