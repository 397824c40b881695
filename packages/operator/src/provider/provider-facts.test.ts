import { plain, type NetworkBackend } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { addressOnNode, isPlacedByUs, sendsOn, signsIn } from './provider-facts.ts';

describe('what is asked of a network', () => {
  const recognition = { ...plain.recognise({ served: new Map(), nodes: [] }) };
  const broken = (traits: () => unknown): NetworkBackend => ({ ...plain, name: 'theirs', traits }) as NetworkBackend;

  it('is what its traits say', () => {
    expect([isPlacedByUs(plain, {}), sendsOn(plain, recognition), addressOnNode(plain, recognition)]).toEqual([
      true,
      0,
      undefined,
    ]);
  });

  it('names the network whose traits throw, or are none', () => {
    const throwing = broken(() => {
      throw new Error('no settings');
    });
    expect(() => isPlacedByUs(throwing, {})).toThrow('network "theirs" does not tell its traits: no settings');
    for (const traits of [undefined, 'us', {}])
      expect(() =>
        sendsOn(
          broken(() => traits),
          recognition,
        ),
      ).toThrow('network "theirs" does not tell its traits');
  });
});

it('takes of the infrastructure what is there, and of nodes those with an id', () => {
  const infrastructure = { status: { platformStatus: { type: 'AWS' }, platform: 'older' } };
  const nodes = [{ spec: { providerID: 'aws:///zone/i-1' } }, { spec: {} }, null];
  expect(signsIn({ infrastructure, nodes })).toEqual({ platform: 'AWS', providerIDs: ['aws:///zone/i-1'] });
  expect(signsIn({ infrastructure: undefined, nodes: [] })).toEqual({ providerIDs: [] });
});
