import { FakeClock } from '@egressip-ipam/kube/testing';
import { beforeEach, expect, it } from 'vitest';
import type { Kernel, Neighbour } from '../kernel/kernel.ts';
import { Prober } from './prober.ts';

const address = '192.0.2.101';
const mac = '02:00:00:00:00:09';
let clock: FakeClock;
/** When a question was sent. */
let asked: number[];
let answers: readonly Neighbour[];
let prober: Prober;

beforeEach(() => {
  clock = new FakeClock();
  [asked, answers] = [[], []];
  const kernel: Pick<Kernel, 'ask' | 'neighbours' | 'forget'> = {
    ask: () => Promise.resolve(void asked.push(clock.monotonic())),
    neighbours: () => Promise.resolve(answers),
    forget: () => Promise.resolve(),
  };
  prober = new Prober({ kernel: kernel as Kernel, clock, onVerdict: look, onError: () => undefined });
});

/** What the keeper of a node does at each pass. */
function look(): void {
  prober.probe([{ address, interface: 'eth0' }]);
}

async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) await clock.advance(50);
}

it('calls an address free that nobody answers for, for a while', async () => {
  look();
  await pass(1_000);
  expect(prober.verdict(address)).toBe('unknown');
  await pass(150);
  expect([prober.verdict(address), asked.length]).toEqual(['free', 3]);
});

it('asks for a duplicate again after a second, then less and less often, and takes it once nobody answers', async () => {
  answers = [{ address, interface: 'eth0', mac }];
  look();
  await pass(100);
  expect([prober.verdict(address), prober.duplicateMAC(address)]).toEqual(['duplicate', mac]);
  await pass(120_000);
  const pauses = asked.slice(1).map((at, index) => Math.round((at - (asked[index] ?? 0)) / 1_000));
  expect(pauses.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 30]);
  expect(Math.max(...pauses)).toBe(30);
  answers = [];
  const start = clock.monotonic();
  while (prober.verdict(address) !== 'free' && clock.monotonic() < start + 60_000) await clock.advance(50);
  expect(clock.monotonic() - start).toBeLessThan(31_500);
});

it('begins anew with what another wish is about', async () => {
  answers = [{ address, interface: 'eth0', mac }];
  look();
  await pass(10_000);
  prober.keep(new Set());
  expect(prober.verdict(address)).toBe('unknown');
  const before = asked.length;
  look();
  await pass(1_200);
  expect(asked.length).toBe(before + 2);
});

it('takes what is known of another network of the node for no answer', async () => {
  answers = [{ address, interface: 'eth1', mac }];
  look();
  await pass(1_150);
  expect(prober.verdict(address)).toBe('free');
});

it('hears one that answers to the second question alone', async () => {
  look();
  await pass(400);
  answers = [{ address, interface: 'eth0', mac }];
  await pass(50);
  expect([prober.verdict(address), prober.duplicateMAC(address)]).toEqual(['duplicate', mac]);
});
