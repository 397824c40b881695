import { describe, expect, it } from 'vitest';
import type { ProviderDescription } from './contract.ts';
import { decideProvider, type ProviderFacts } from './decide-provider.ts';

const describeProvider = (name: string, types: readonly string[], providerIDPrefixes: readonly string[], attach: boolean): ProviderDescription => ({
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
    ['that of the platform where it can look at what else is in use', { ...onCloud, needsAttaching: false, isEquipped: (name) => name === 'cloud' }, 'cloud on cloud, announced'],
    ['one that has nothing to attach wherever it is at home', { ...onCloud, platform: 'Other', needsAttaching: false }, 'other on other, announced'],
    ['that of the nodes where the cluster says nothing', { needsAttaching: true, isEquipped: () => false, providerIDs: ['cloud:///zone/machine'] }, 'cloud on cloud'],
    ['never that of the nodes where the cluster says something else', { ...onCloud, platform: 'Unheard', providerIDs: ['cloud:///zone/machine'] }, 'metal on something else'],
    ['the one for all others where nothing says anything', { needsAttaching: true, isEquipped: () => true, providerIDs: [] }, 'metal on something else'],
    ['the one that was chosen, and the platform is known all the same', { ...onCloud, chosen: other }, 'other on cloud, announced'],
  ])('%s', (_what, facts, expected) => {
    expect(decide(facts)).toBe(expected);
  });

  it('told with a reason', () => {
    expect(decideProvider({ ...onCloud, platform: 'Unheard' }, [metal]).reason).toBe('there is none for the platform Unheard');
  });
});
