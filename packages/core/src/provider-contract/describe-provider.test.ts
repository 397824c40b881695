import { expect, it } from 'vitest';
import type { ClusterRequest } from './cluster-objects.ts';
import type { CloudProvider, ProviderDescription } from './contract.ts';
import { describeProvider } from './describe-provider.ts';

const resource = { group: 'example.com', version: 'v1', plural: 'secrets', kind: 'Wanted' };

/** What a spread would lose: its methods and getters stand on the class, and use what it keeps for itself. */
class Cloud implements CloudProvider {
  readonly specificationVersion = 'v1';
  readonly platforms = { types: ['Cloud'], providerIDPrefixes: ['cloud://'] };
  readonly capabilities = { attach: true };
  readonly settlingTime = 0;
  readonly #key = 'CLOUD_KEY';

  get name(): string {
    return 'cloud';
  }

  requests(operatorNamespace: string): readonly ClusterRequest[] {
    return [{ resource, object: { metadata: { namespace: operatorNamespace, name: this.#key } } }];
  }

  isEquipped({ environment }: Parameters<NonNullable<ProviderDescription['isEquipped']>>[0]): boolean {
    return environment[this.#key] !== undefined;
  }

  observe(): ReturnType<CloudProvider['observe']> {
    return Promise.resolve({ nodes: [], cidrs: [] });
  }

  apply(): ReturnType<CloudProvider['apply']> {
    return Promise.resolve([]);
  }
}

it('a provider of a class is described whole, by an object that holds none of its calls', () => {
  const described = { ...describeProvider(new Cloud()) };
  expect(described).toMatchObject({ name: 'cloud', platforms: { types: ['Cloud'] }, settlingTime: 0 });
  expect(described.requests?.('egress')).toMatchObject([{ object: { metadata: { namespace: 'egress' } } }]);
  const isEquipped = (environment: Record<string, string>): boolean | undefined =>
    described.isEquipped?.({ environment, objects: () => [] });
  expect([isEquipped({ CLOUD_KEY: 'x' }), isEquipped({})]).toEqual([true, false]);
  expect(Object.keys(described)).not.toContain('observe');
  expect(Object.keys(described)).not.toContain('apply');
});

it('what a provider does not say is absent, and it asks for nothing', () => {
  const { specificationVersion, name, platforms, capabilities } = new Cloud();
  const described = describeProvider({ specificationVersion, name, platforms, capabilities });
  expect(Object.keys(described).sort()).toEqual([
    'capabilities',
    'isEquipped',
    'name',
    'platforms',
    'requests',
    'specificationVersion',
  ]);
  expect(described.requests?.('egress')).toEqual([]);
});
