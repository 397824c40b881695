import { describe, expect, it } from 'vitest';
import { allServiceUses, readServiceUse } from './service-uses.ts';

const service = (namespace: string, name: string, externalIPs: readonly string[]): unknown => ({
  metadata: { namespace, name },
  spec: { externalIPs },
});
const addresses = (count: number, second = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.${second}.${index >> 8}.${index & 255}`);
const usesOf = (...services: readonly unknown[]): ReturnType<typeof allServiceUses> =>
  allServiceUses(services.flatMap(readServiceUse));

describe('what Services use outside of the cluster', () => {
  it('is told sorted, with who uses it', () => {
    const { used, problems } = usesOf(service('shop', 'web', ['10.0.0.7', '10.0.0.5']), service('crm', 'api', []));
    expect(used).toEqual(['10.0.0.5', '10.0.0.7'].map((address) => ({ address, usedBy: 'Service shop/web' })));
    expect(problems).toEqual([]);
  });

  it('counts up to a limit for each Service, and what does not count is said once', () => {
    const { used, problems } = usesOf(service('shop', 'web', addresses(90_000)), service('crm', 'api', ['10.9.0.1']));
    expect(used).toHaveLength(65);
    expect(used.at(-1)).toEqual({ address: '10.9.0.1', usedBy: 'Service crm/api' });
    expect(problems).toMatchObject([
      { object: { kind: 'Namespace', name: 'shop' }, message: expect.stringContaining('name 90000 addresses') },
    ]);
  });

  it('counts up to a limit for each namespace: its Services cannot use up a pool', () => {
    const many = Array.from({ length: 100 }, (_, index) => service('shop', `s${index}`, addresses(60, index)));
    const { used, problems } = usesOf(...many);
    expect(used).toHaveLength(256);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('6000 addresses')]);
  });
});
