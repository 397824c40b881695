import type { Finding } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { createLog } from '../log/log.ts';
import { ObjectTroubles } from './object-troubles.ts';

function follow() {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line), { format: 'text', level: 'info', now: () => 0 });
  const troubles = new ObjectTroubles(log);
  const note = (now: number, ...findings: readonly Finding[]): number => {
    const before = lines.length;
    troubles.note(findings, now);
    return lines.length - before;
  };
  return { lines, note };
}

const about = (name: string, more: Partial<Finding> = {}): Finding => ({
  code: 'InvalidObject',
  severity: 'error',
  object: { kind: 'HostSubnet', name },
  message: 'it is too long',
  ...more,
});

it('tells what is wrong with an object of the network once while it stands, whatever its words are', () => {
  const { lines, note } = follow();
  expect([note(0, about('a')), note(1_000, about('a', { message: 'it is longer still' })), note(2_000)]).toEqual([
    1, 0, 0,
  ]);
  expect(lines[0]).toMatch(
    /object of the network.*kind="HostSubnet" name="a" code="InvalidObject" reason="it is too long"/,
  );
  // Another field of it is another thing.
  expect(note(10_003_000, about('a', { field: 'egressCIDRs' }))).toBe(1);
});

it('tells what comes and goes again after ten minutes', () => {
  const { note } = follow();
  expect([note(0, about('a')), note(1_000), note(2_000, about('a')), note(300_000), note(700_000, about('a'))]).toEqual(
    [1, 0, 0, 0, 1],
  );
});

it('leaves out what has Events, and what is for information', () => {
  const { note } = follow();
  const kinds = ['Namespace', 'Node', 'EgressIPAM', 'Provider'];
  expect(note(0, ...kinds.map((kind) => about('a', { object: { kind, name: 'a' } })))).toBe(0);
  expect(note(0, about('a', { severity: 'info' }))).toBe(0);
});

it('tells few a minute, and that there are more, and keeps little of thousands', () => {
  const { lines, note } = follow();
  const many = Array.from({ length: 5_000 }, (_, index) => about(`theirs-${index}`));
  expect(note(0, ...many)).toBe(21);
  expect(lines.at(-1)).toMatch(/more objects of the network/);
  expect(note(1_000, ...many)).toBe(0);
  expect(note(61_000, ...many)).toBe(21);
});
