import { plain } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { addressOnNode, isPlacedByUs, sendsOn, signsIn } from './provider-facts.ts';

describe('what is asked of a network', () => {
  const recognition = { ...plain.recognise({ served: new Map(), nodes: [] }) };

  it('is what its traits say', () => {
    expect([isPlacedByUs(plain, {}), sendsOn(plain, recognition), addressOnNode(plain, recognition)]).toEqual([
      true,
      0,
      undefined,
    ]);
  });
});

it('takes of the infrastructure what is there, and of nodes those with an id', () => {
  const infrastructure = { status: { platformStatus: { type: 'AWS' }, platform: 'older' } };
  const nodes = [{ spec: { providerID: 'aws:///zone/i-1' } }, { spec: {} }, null];
  expect(signsIn({ infrastructure, nodes })).toEqual({ platform: 'AWS', providerIDs: ['aws:///zone/i-1'] });
  expect(signsIn({ infrastructure: undefined, nodes: [] })).toEqual({ providerIDs: [] });
});
