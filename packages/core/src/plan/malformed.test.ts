import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { plan } from './planner.ts';

const count = 10_000;
const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    '10.0.0.300',
    '10.0.0',
    '10.0.0.01',
    '1.2.3.4/33',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0.9-10.0.0.1',
    '10.0.0.1 10.0.0.2',
    ',',
    '0x0a000001',
    '١.٢.٣.٤',
  ),
);
const good = aNamespace('zz-good', 0);

describe('ten thousand malformed inputs give a finding each and stop nothing', () => {
  it('annotations', () => {
    const bad = fc.sample(
      text.filter((value) => value.trim() !== ''),
      { numRuns: count, seed: 1 },
    );
    const result = plan(
      aSnapshot({
        nodes: [aNode('n1')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'])],
        namespaces: [
          good,
          ...bad.map((egressIPs, index) =>
            aNamespace(`bad-${String(index).padStart(5, '0')}`, index, {
              egressIPs,
              allocated: egressIPs,
              createdAt: egressIPs,
            }),
          ),
        ],
      }),
    );
    const reported = new Set(result.findings.map(({ object }) => object.name));
    expect(bad.filter((_, index) => !reported.has(`bad-${String(index).padStart(5, '0')}`))).toEqual([]);
    expect(result.allocations.map(({ namespace }) => namespace)).toEqual(['zz-good']);
  });

  it('CIDRs', () => {
    const bad = fc.sample(text, { numRuns: count, seed: 2 });
    const result = plan(
      aSnapshot({
        nodes: [aNode('n1')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a', ...bad.map((CIDR) => ({ CIDR, labelValue: 'a' }))])],
        namespaces: [good],
      }),
    );
    const said = result.findings.filter(({ code }) => code === 'InvalidCIDR');
    const [more] = said.flatMap(({ message }) => /^it has (\d+) more/.exec(message)?.[1] ?? []);
    expect([said.length, Number(more)]).toEqual([11, count - 10]);
    expect(result.allocations.map(({ namespace }) => namespace)).toEqual(['zz-good']);
  });

  it('reserved entries, selectors, durations and nodes', () => {
    const bad = fc.sample(text, { numRuns: count / 10, seed: 3 });
    const pools = bad.map((value, index) =>
      anEgressIPAM([{ CIDR: '10.3.0.0/28', labelValue: 'none', reservedIPs: [`${value}!`] }], {
        name: `pool-${index}`,
        coolDown: `${value}!`,
        nodeSelector: { matchExpressions: [{ key: value, operator: value }] },
      }),
    );
    const nodes = bad.map((value, index) =>
      aNode(`bad${index}`, 'none', {
        annotations: { 'k8s.example/whatever': value },
        podCIDRs: [value],
        addresses: [value],
      }),
    );
    const result = plan(
      aSnapshot({
        nodes: [aNode('n1'), ...nodes],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a']), ...pools],
        namespaces: [good],
      }),
    );
    for (const code of ['InvalidReservedIP', 'InvalidSelector', 'InvalidCoolDown'])
      expect(result.findings.filter((finding) => finding.code === code)).toHaveLength(bad.length);
    expect(result.allocations.map(({ namespace }) => namespace)).toEqual(['zz-good']);
  });
});
