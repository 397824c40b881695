import { mostAssignments } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { readTenantNamespace } from './read-tenant-namespace.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const read = (annotations: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}) =>
  readTenantNamespace({ metadata: { name: 'shop', annotations, labels } });

describe('readTenantNamespace', () => {
  it('reads what is of a usual size, and nothing of foreign annotations', () => {
    const result = read(
      { [`${prefix}/egressipam`]: 'pool', [`${prefix}/egressips`]: '10.0.0.1,10.0.1.1', note: 'x'.repeat(250_000) },
      { team: 'a' },
    );
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({
      ok: true,
      value: { name: 'shop', egressIPAM: 'pool', egressIPs: '10.0.0.1,10.0.1.1', labels: { team: 'a' } },
    });
    expect(JSON.stringify(result).length).toBeLessThan(300);
  });

  it('takes as many addresses as any EgressIPAM has CIDR assignments', () => {
    const addresses = Array.from(
      { length: mostAssignments },
      (_, index) => `2001:0db8:0000:0000:0000:0000:0000:${String(index).padStart(4, '0')}`,
    ).join(',');
    const allocated = `${'p'.repeat(253)}/${addresses}`;
    expect(read({ [`${prefix}/egressips`]: addresses, [`${prefix}/allocated`]: allocated })).toMatchObject({
      value: { egressIPs: addresses, allocated },
      problems: [],
    });
  });

  it('cuts what is longer to something that is no address and no name, and says so once', () => {
    const result = read({ [`${prefix}/egressipam`]: 'p'.repeat(254), [`${prefix}/egressips`]: ','.repeat(261_000) });
    expect(result).toMatchObject({ value: { egressIPAM: `${'p'.repeat(100)}…`, egressIPs: `${','.repeat(100)}…` } });
    expect(result.problems.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      `metadata.annotations.${prefix}/egressipam: it has 254 characters, and 253 are the most that are read`,
      `metadata.annotations.${prefix}/egressips: it has 261000 characters, and 5373 are the most that are read`,
    ]);
  });

  it('keeps no more than so many labels, and the name among them', () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`label-${index}`, '']));
    const result = read({}, { ...labels, 'kubernetes.io/metadata.name': 'shop' });
    expect(result.ok && Object.keys(result.value.labels ?? {})).toHaveLength(257);
    expect(result.ok && result.value.labels?.['kubernetes.io/metadata.name']).toBe('shop');
    expect(result.problems).toHaveLength(1);
  });
});
