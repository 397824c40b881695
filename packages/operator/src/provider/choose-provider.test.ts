import { describe, expect, it } from 'vitest';
import { chooseProvider } from './choose-provider.ts';

const onAws = { platform: 'AWS', clusterAttaches: false, hasCredentials: false };

describe('the provider', () => {
  it.each([
    ['aws where it has to attach addresses itself', onAws, 'aws'],
    ['none where the cluster attaches them', { ...onAws, clusterAttaches: true }, 'baremetal'],
    ['aws where the cluster attaches them and credentials are there: to read what else is in use', { ...onAws, clusterAttaches: true, hasCredentials: true }, 'aws'],
    ['none on a platform that it is not for', { ...onAws, platform: 'Azure', hasCredentials: true }, 'baremetal'],
    ['that of the nodes where the infrastructure says nothing', { providerID: 'aws:///us-east-1a/i-1', clusterAttaches: false, hasCredentials: false }, 'aws'],
  ])('is %s', (_what, facts, expected) => {
    expect(chooseProvider(undefined, facts)).toBe(expected);
  });

  it('is what a person chose', () => {
    expect(chooseProvider('@acme/provider', onAws)).toBe('@acme/provider');
  });
});
