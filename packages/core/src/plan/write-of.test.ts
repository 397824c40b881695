import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { NetworkStep, Step } from '../network-contract/step.ts';
import type { KubernetesWrite } from '../kubernetes/kubernetes-write.ts';
import { plain } from '../plain/plain-network.ts';
import { allocatedAnnotation, egressIPsAnnotation } from '../snapshot/names.ts';
import { egressIPAMResource, isInterfaceStep, namespaceResource, writeOf } from './write-of.ts';

const base = { id: 'step', object: { kind: 'Object', name: 'object' }, effects: {}, after: [] };

describe('the write of a step', () => {
  it('is a patch of the EgressIPAM, of its status for what is remembered', () => {
    const finalizers = ['somebody/else'];
    expect(writeOf({ ...base, kind: 'finalizer', egressIPAM: 'pool', present: false, finalizers }, plain)).toEqual({
      ...{ verb: 'patch', resource: egressIPAMResource, name: 'pool', conditional: true },
      body: { metadata: { finalizers } },
    });
    const released = [{ namespace: 'shop', addresses: ['10.0.0.1'], releasedAt: '2026-01-01T00:00:00Z' }];
    expect(writeOf({ ...base, kind: 'remember', egressIPAM: 'pool', released }, plain)).toEqual({
      ...{ verb: 'patch', resource: egressIPAMResource, name: 'pool', conditional: true, subresource: 'status' },
      body: { status: { released } },
    });
  });

  it('of an annotation leaves the list alone unless it is to change, or to go', () => {
    const annotationsOf = (change: {
      readonly egressIPs?: string | null;
      readonly allocated: string | null;
    }): unknown => {
      const write = writeOf({ ...base, kind: 'annotate', namespace: 'shop', addresses: [], ...change }, plain);
      expect(write).toMatchObject({ verb: 'patch', resource: namespaceResource, name: 'shop', conditional: true });
      return 'body' in write ? write.body : undefined;
    };
    expect(annotationsOf({ allocated: 'pool/10.0.0.1' })).toEqual({
      metadata: { annotations: { [allocatedAnnotation]: 'pool/10.0.0.1' } },
    });
    expect(annotationsOf({ egressIPs: null, allocated: null })).toEqual({
      metadata: { annotations: { [egressIPsAnnotation]: null, [allocatedAnnotation]: null } },
    });
  });

  it('of the network is what its back end says', () => {
    const step: NetworkStep = { ...base, kind: 'network', action: 'bind', payload: 7 };
    const write = { verb: 'delete' } as unknown as KubernetesWrite;
    const backend: NetworkBackend = { ...plain, write: (given) => (given === step ? write : plain.write(given)) };
    expect(writeOf(step, backend)).toBe(write);
    expect(() => writeOf(step, plain)).toThrow(RangeError);
  });
});

it('a step that changes an interface is no write', () => {
  const attach: Step = { ...base, kind: 'attach', node: 'n1', address: '10.0.0.1' };
  const steps: readonly Step[] = [
    attach,
    { ...attach, kind: 'detach' },
    { ...attach, kind: 'move', from: 'n2' },
    { ...base, kind: 'network', action: 'bind', payload: null },
    { ...base, kind: 'annotate', namespace: 'shop', allocated: null, addresses: [] },
  ];
  expect(steps.map(isInterfaceStep)).toEqual([true, true, true, false, false]);
});
