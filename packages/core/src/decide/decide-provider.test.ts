import { describe, expect, it } from 'vitest';
import type { ProviderDescription } from '../provider-contract/contract.ts';
import { decideProvider, type ProviderFacts } from './decide-provider.ts';

const describeProvider = (
  name: string,
  types: readonly string[],
  providerIDPrefixes: readonly string[],
  attach: boolean,
): ProviderDescription => ({
  specificationVersion: 'v1',
  name,
  platforms: { types, providerIDPrefixes },
  capabilities: { attach },
});
const metal = describeProvider('metal', ['BareMetal', 'None'], ['baremetalhost://'], false);
const cloud = describeProvider('cloud', ['Cloud'], ['cloud://'], true);
const other = describeProvider('other', ['Other'], ['other://'], false);
const onCloud: ProviderFacts = { platform: 'Cloud', providerIDs: [], needsAttaching: true, isEquipped: () => false };

function decide(facts: ProviderFacts): string {
  const { provider, platform, isAnnounced } = decideProvider(facts, [other, cloud, metal]);
  return `${provider.name} on ${platform?.name ?? 'something else'}${isAnnounced ? ', announced' : ''}`;
}

describe('the provider is', () => {
  it.each<readonly [string, ProviderFacts, string]>([
    ['that of the platform where it has to attach', onCloud, 'cloud on cloud, announced'],
    ['that of the platform, however it is written', { ...onCloud, platform: 'CLOUD' }, 'cloud on cloud, announced'],
    ['none where nobody needs it to attach', { ...onCloud, needsAttaching: false }, 'metal on cloud, announced'],
    [
      'that of the platform where it can look at what else is in use',
      { ...onCloud, needsAttaching: false, isEquipped: (name) => name === 'cloud' },
      'cloud on cloud, announced',
    ],
    [
      'one that has nothing to attach wherever it is at home',
      { ...onCloud, platform: 'Other', needsAttaching: false },
      'other on other, announced',
    ],
    [
      'that of the nodes where the cluster says nothing',
      { needsAttaching: true, isEquipped: () => false, providerIDs: ['cloud:///zone/machine'] },
      'cloud on cloud',
    ],
    [
      'never that of the nodes where the cluster says something else',
      { ...onCloud, platform: 'Unheard', providerIDs: ['cloud:///zone/machine'] },
      'metal on something else',
    ],
    [
      'the one for all others where nothing says anything',
      { needsAttaching: true, isEquipped: () => true, providerIDs: [] },
      'metal on something else',
    ],
    [
      'the one that was chosen, and the platform is known all the same',
      { ...onCloud, chosen: other },
      'other on cloud, announced',
    ],
  ])('%s', (_what, facts, expected) => {
    expect(decide(facts)).toBe(expected);
  });

  const agents: ProviderDescription = { ...describeProvider('agents', [], [], true), attachesTo: 'kernel' };
  const wholeCloud: ProviderDescription = { ...cloud, isCloud: true };
  const foreign: ProviderDescription = { ...other, isCloud: true };
  const machines: ProviderFacts = {
    platform: 'BareMetal',
    providerIDs: [],
    needsAttaching: true,
    isEquipped: () => false,
  };
  const withAgents = (facts: ProviderFacts): string => {
    const { provider, onNode } = decideProvider(facts, [foreign, wholeCloud, metal, agents]);
    return onNode === undefined ? provider.name : `${provider.name}, then ${onNode.name}`;
  };

  it.each<readonly [string, ProviderFacts, string]>([
    ['the one for kernels where the network needs addresses there', { ...machines, addressOnNode: 'needed' }, 'agents'],
    [
      'the one for kernels where nothing tells the platform',
      { providerIDs: [], needsAttaching: true, isEquipped: () => false, addressOnNode: 'needed' },
      'agents',
    ],
    [
      "the cloud's, and the one for kernels on top of it",
      { ...onCloud, addressOnNode: 'needed' },
      'cloud, then agents',
    ],
    [
      "the cloud's alone where it attaches nothing: an address in a kernel would lead nowhere",
      { ...onCloud, platform: 'Other', addressOnNode: 'needed' },
      'other',
    ],
    [
      "the platform's where the network does it itself and no agents are there",
      { ...machines, addressOnNode: 'optional' },
      'metal',
    ],
    [
      'the one for kernels where the network can do without, and agents are there',
      { ...machines, addressOnNode: 'optional', isEquipped: (name) => name === 'agents' },
      'agents',
    ],
    [
      "the cloud's alone where the network does it itself, agents or not",
      { ...onCloud, addressOnNode: 'optional', isEquipped: () => true },
      'cloud',
    ],
    [
      'the one that was chosen, and nothing on top',
      { ...onCloud, addressOnNode: 'needed', chosen: wholeCloud },
      'cloud',
    ],
    ['never the one for kernels where the network has its own way', { ...machines, isEquipped: () => true }, 'metal'],
  ])('%s', (_what, facts, expected) => {
    expect(withAgents(facts)).toBe(expected);
  });

  it('told with a reason', () => {
    expect(decideProvider({ ...onCloud, platform: 'Unheard' }, [metal]).reason).toBe(
      'there is none for the platform Unheard',
    );
  });
});
