import { describe, expect, it } from 'vitest';
import { compareResourceVersions } from './resource-version.ts';
import { apiVersionOf, collectionPath, objectPath, type Resource } from './resource.ts';

const nodes: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

describe('paths', () => {
  it('are those of the Kubernetes API', () => {
    expect(apiVersionOf(leases)).toBe('coordination.k8s.io/v1');
    expect(collectionPath(nodes)).toBe('/api/v1/nodes');
    expect(collectionPath(leases)).toBe('/apis/coordination.k8s.io/v1/leases');
    expect(collectionPath(leases, 'a')).toBe('/apis/coordination.k8s.io/v1/namespaces/a/leases');
    expect(objectPath(nodes, { name: 'system:node-1' }, 'status')).toBe('/api/v1/nodes/system%3Anode-1/status');
  });

  it('are never built from what could lead elsewhere', () => {
    for (const name of ['', '.', '..', 'a/b', 'a%2fb']) expect(() => objectPath(nodes, { name })).toThrow(TypeError);
    expect(() => objectPath(leases, { name: 'a' })).toThrow(/namespace of "a" is missing/);
    expect(() => collectionPath(nodes, 'a')).toThrow(/cluster-scoped/);
  });
});

describe('compareResourceVersions', () => {
  it('orders decimal numbers of any size and nothing else', () => {
    expect(compareResourceVersions('9', '10')).toBeLessThan(0);
    expect(compareResourceVersions('18446744073709551616', '18446744073709551615')).toBeGreaterThan(0);
    expect(compareResourceVersions('x', 'x')).toBe(0);
    for (const odd of ['', 'x', '01', '1.5', '-1']) expect(compareResourceVersions(odd, '1')).toBeUndefined();
  });
});
