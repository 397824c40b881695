import type { ProviderChange, ProviderChangeResult } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { AttachmentDoubts } from './attachment-doubts.ts';

const onRecord = () => [
  { node: 'a', address: '10.0.0.1' },
  { node: 'b', address: '10.0.0.2' },
];
const done = (change: ProviderChange): ProviderChangeResult => ({ change, outcome: 'done' });
const failed = (change: ProviderChange): ProviderChangeResult => ({
  change,
  outcome: 'failed',
  error: { class: 'unknown', message: 'no answer' },
});
const attach = (address: string, node: string): ProviderChange => ({ type: 'attach', address, node: { name: node } });
const detach = (address: string, node: string): ProviderChange => ({ type: 'detach', address, node: { name: node } });
const doubtedOf = (doubts: AttachmentDoubts): readonly string[] => doubts.among(onRecord).map(({ address }) => address);

function settled(): AttachmentDoubts {
  const doubts = new AttachmentDoubts(30_000);
  doubts.start(0);
  doubts.looked(31_000);
  return doubts;
}

describe('AttachmentDoubts', () => {
  it('what was there before the process is in doubt until a look is that much younger', () => {
    const doubts = new AttachmentDoubts(30_000);
    doubts.start(1_000);
    expect(doubtedOf(doubts)).toEqual(['10.0.0.1', '10.0.0.2']);
    doubts.looked(20_000);
    expect(doubtedOf(doubts)).toEqual(['10.0.0.1', '10.0.0.2']);
    doubts.looked(31_500);
    expect(doubtedOf(doubts)).toEqual([]);
  });

  it('what was taken off is in no doubt, until it is put there again', () => {
    const doubts = new AttachmentDoubts(30_000);
    doubts.start(0);
    doubts.note([done(detach('10.0.0.1', 'a'))], 100);
    expect(doubtedOf(doubts)).toEqual(['10.0.0.2']);
    doubts.note([done({ type: 'move', address: '10.0.0.2', from: { name: 'b' }, node: { name: 'a' } })], 200);
    expect(doubtedOf(doubts)).toEqual([]);
    doubts.note([failed(attach('10.0.0.1', 'a'))], 300);
    expect(doubtedOf(doubts)).toEqual(['10.0.0.1']);
  });

  it('an attach that failed leaves a doubt, for a while', () => {
    const doubts = settled();
    doubts.note([failed(attach('10.0.0.1', 'a'))], 40_000);
    doubts.looked(41_000);
    expect(doubtedOf(doubts)).toEqual(['10.0.0.1']);
    doubts.looked(70_001);
    expect(doubtedOf(doubts)).toEqual([]);
  });

  it.each([done(attach('10.0.0.1', 'a')), done(detach('10.0.0.1', 'a'))])(
    'what is done after a failure ends the doubt: %o',
    (result) => {
      const doubts = settled();
      doubts.note([failed(attach('10.0.0.1', 'a')), result], 40_000);
      expect(doubtedOf(doubts)).toEqual([]);
    },
  );

  it('a detach that failed takes no doubt away', () => {
    const doubts = settled();
    doubts.note([failed(attach('10.0.0.1', 'a')), failed(detach('10.0.0.1', 'a'))], 40_000);
    expect(doubtedOf(doubts)).toEqual(['10.0.0.1']);
  });
});
