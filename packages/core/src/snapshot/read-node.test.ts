import { describe, expect, it } from 'vitest';
import { egressIPConfigAnnotation } from './names.ts';
import { readNode } from './read-node.ts';
import type { NodeSnapshot } from './snapshot.ts';

function read(parts: { metadata?: object; spec?: object; status?: object }, keys?: readonly string[]): NodeSnapshot {
  const result = readNode({ ...parts, metadata: { name: 'n1', ...parts.metadata } }, keys);
  if (!result.ok) throw new Error('it has a name');
  return result.value;
}

describe('a Node', () => {
  it('is Ready only where a condition says so', () => {
    const isReady = (...conditions: readonly unknown[]): boolean => read({ status: { conditions } }).ready;
    expect(isReady({ type: 'MemoryPressure', status: 'True' }, { type: 'Ready', status: 'True' })).toBe(true);
    for (const status of ['False', 'Unknown', true, undefined]) expect(isReady({ type: 'Ready', status })).toBe(false);
    expect([isReady(), isReady('Ready'), read({}).ready]).toEqual([false, false, false]);
  });

  it('has of its addresses those that are no names, and of its taints their keys', () => {
    const addresses = ['10.0.0.5', 'worker-1', 'fd00::5', 7].map((address) => ({ type: 'InternalIP', address }));
    const taints = [{ key: 'a', effect: 'NoSchedule' }, { effect: 'NoExecute' }, { key: 'b' }];
    expect(read({ spec: { taints }, status: { addresses } })).toMatchObject({
      addresses: ['10.0.0.5', 'fd00::5'],
      taints: ['a', 'b'],
    });
  });

  it('has the annotations that are asked for, and what is announced of its interface in any case', () => {
    const annotations = { [egressIPConfigAnnotation]: '[]', 'k8s.example/asked': '1', 'k8s.example/other': '2' };
    expect(read({ metadata: { annotations } }, ['k8s.example/asked', 'k8s.example/none']).annotations).toEqual({
      [egressIPConfigAnnotation]: '[]',
      'k8s.example/asked': '1',
    });
    expect(read({ metadata: { annotations: {} } })).not.toHaveProperty('annotations');
  });

  it('says what else it is where that is so, and nothing where it is not', () => {
    const spec = { unschedulable: true, providerID: 'cloud:///a/i-1', podCIDRs: ['10.128.0.0/23'] };
    const status = { nodeInfo: { bootID: '0b1c' } };
    expect(
      read({ metadata: { deletionTimestamp: '2026-02-01T00:00:00Z', labels: { zone: 'a' } }, spec, status }),
    ).toEqual({
      ...{ name: 'n1', labels: { zone: 'a' }, ready: false, addresses: [], ...spec },
      ...{ deletedAt: '2026-02-01T00:00:00Z', bootID: '0b1c' },
    });
    expect(read({ spec: { unschedulable: false } })).toEqual({ name: 'n1', labels: {}, ready: false, addresses: [] });
  });
});
