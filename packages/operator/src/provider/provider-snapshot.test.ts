import type { ProviderDecision, ProviderDescription, ProviderSnapshot } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { providerSnapshot, type ProviderSituation } from './provider-snapshot.ts';

const provider = (name: string, attach: boolean, more: Partial<ProviderDescription> = {}): ProviderDescription => ({
  specificationVersion: 'v1',
  name,
  platforms: { types: [], providerIDPrefixes: [] },
  capabilities: { attach },
  ...more,
});
const metal = provider('metal', false);
const cloud = provider('cloud', true, { isCloud: true, keptInSubnets: { first: 4, last: 1 } });
const foreign = provider('foreign', false, { isCloud: true });

function snapshot(
  decision: Partial<ProviderDecision>,
  situation: Partial<ProviderSituation> = {},
): Omit<ProviderSnapshot, 'keptInSubnets'> {
  const whole = { provider: metal, platform: undefined, isAnnounced: false, reason: '', ...decision };
  const { keptInSubnets: _kept, ...rest } = providerSnapshot({
    decision: whole,
    isChosen: false,
    isPlacedByUs: true,
    clusterAttaches: undefined,
    ...situation,
  });
  return rest;
}

describe('a snapshot of the provider', () => {
  it('on machines without a cloud asks for nothing', () => {
    expect(snapshot({ provider: metal, platform: metal })).toEqual({
      name: 'metal',
      attach: false,
      cloud: false,
      observationRequired: false,
    });
  });

  it('attaches where it can, and looks first', () => {
    expect(snapshot({ provider: cloud, platform: cloud })).toEqual({
      name: 'cloud',
      attach: true,
      cloud: true,
      observationRequired: true,
    });
    expect(snapshot({ provider: cloud, platform: cloud }, { isPlacedByUs: false })).toMatchObject({
      attach: true,
      cloud: true,
    });
  });

  it('takes machines for no cloud because addresses go into their kernels, and names both of a stack', () => {
    const agents = provider('agents', true, { attachesTo: 'kernel' });
    expect(snapshot({ provider: agents, platform: metal })).toEqual({
      name: 'agents',
      attach: true,
      cloud: false,
      observationRequired: true,
    });
    expect(snapshot({ provider: cloud, platform: cloud, onNode: agents })).toMatchObject({
      name: 'cloud+agents',
      attach: true,
      cloud: true,
    });
  });

  it('only looks where the cluster attaches', () => {
    expect(snapshot({ provider: cloud, platform: cloud }, { clusterAttaches: 'at-work' })).toEqual({
      name: 'cloud',
      attach: false,
      cloud: true,
      observationRequired: true,
    });
    expect(snapshot({ provider: foreign, platform: foreign }, { clusterAttaches: 'at-work' })).toEqual({
      name: 'foreign',
      attach: false,
      cloud: true,
      observationRequired: false,
    });
  });

  it('leaves interfaces alone that the cluster may attach to, and takes no platform for a cloud by that', () => {
    expect(
      snapshot({ provider: cloud, platform: cloud }, { clusterAttaches: 'expected', isPlacedByUs: false }),
    ).toMatchObject({ attach: false, cloud: false });
    expect(snapshot({ provider: metal, platform: metal }, { clusterAttaches: 'expected' })).toMatchObject({
      attach: false,
      cloud: false,
      observationRequired: false,
    });
  });

  it('gives nothing out on a cloud where nobody attaches, unless a person says so', () => {
    expect(snapshot({ provider: foreign, platform: foreign })).toMatchObject({
      cloud: true,
      observationRequired: true,
    });
    expect(snapshot({ provider: metal, platform: foreign }, { isChosen: true })).toMatchObject({
      cloud: true,
      observationRequired: false,
    });
  });

  it('takes machines of a cloud for any others where the network places and the cluster does not say what it runs on', () => {
    expect(snapshot({ provider: metal, platform: cloud }, { isPlacedByUs: false })).toMatchObject({
      cloud: false,
      observationRequired: false,
    });
    expect(snapshot({ provider: metal, platform: cloud, isAnnounced: true }, { isPlacedByUs: false })).toMatchObject({
      cloud: true,
    });
  });

  it('knows what the platform keeps of subnets, whichever provider serves', () => {
    const decision = { provider: metal, platform: cloud, isAnnounced: false, reason: '' };
    expect(
      providerSnapshot({ decision, isChosen: false, isPlacedByUs: true, clusterAttaches: 'at-work' }).keptInSubnets,
    ).toEqual({ first: 4, last: 1 });
  });
});
