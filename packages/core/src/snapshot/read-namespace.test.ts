import { expect, it } from 'vitest';
import { allocatedAnnotation, egressIPAMAnnotation, egressIPsAnnotation } from './names.ts';
import { readNamespace } from './read-namespace.ts';

it('a Namespace is read with our annotations and no others; what is not there is absent', () => {
  const annotations = {
    [egressIPAMAnnotation]: 'pool',
    [egressIPsAnnotation]: ' 10.0.0.5',
    [allocatedAnnotation]: 'pool/10.0.0.5',
    other: 'x',
  };
  const metadata = { name: 'shop', creationTimestamp: '2026-01-01T00:00:00Z', labels: { team: 'red' }, annotations };
  const createdAt = '2026-01-01T00:00:00Z';
  const value = { name: 'shop', createdAt, labels: { team: 'red' }, egressIPAM: 'pool', egressIPs: ' 10.0.0.5' };
  expect(readNamespace({ metadata })).toEqual({
    ok: true,
    value: { ...value, allocated: 'pool/10.0.0.5' },
    problems: [],
  });
  expect(readNamespace({ metadata: { name: 'shop', labels: {}, annotations: null } })).toEqual({
    ok: true,
    value: { name: 'shop', createdAt: '' },
    problems: [],
  });
});

it('an empty annotation is one, and a namespace that terminates says since when', () => {
  const deletionTimestamp = '2026-02-01T00:00:00Z';
  expect(
    readNamespace({ metadata: { name: 'shop', deletionTimestamp, annotations: { [egressIPsAnnotation]: '' } } }),
  ).toMatchObject({ value: { egressIPs: '', deletedAt: deletionTimestamp } });
});
