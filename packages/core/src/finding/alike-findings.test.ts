import { expect, it } from 'vitest';
import { parseEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { anEgressIPAM } from '../testing/builders.ts';

it('says a problem of ten entries of an EgressIPAM, and how many more have it', () => {
  const cidrAssignments = Array.from({ length: 30_000 }, (_, entry) => ({ CIDR: `none${entry}`, labelValue: 'a' }));
  const { findings } = parseEgressIPAM({ ...anEgressIPAM([]), cidrAssignments });
  expect(findings).toHaveLength(11);
  expect(findings[9]).toMatchObject({ field: 'spec.cidrAssignments[9].CIDR' });
  expect(findings[10]).toMatchObject({
    code: 'InvalidCIDR',
    severity: 'error',
    field: 'spec.cidrAssignments',
    message: 'it has 29990 more entries of which the same is to be said',
  });
});

it('says all of a few, and counts each problem by itself', () => {
  const cidrAssignments = [...Array.from({ length: 10 }, () => 'none'), '10.0.0.1/24'].map((CIDR) => ({
    CIDR,
    labelValue: 'a',
  }));
  const { findings } = parseEgressIPAM({ ...anEgressIPAM([]), cidrAssignments });
  expect(findings.map(({ code }) => code)).toEqual([
    ...Array.from({ length: 10 }, () => 'InvalidCIDR'),
    'CIDRNotMasked',
  ]);
});
