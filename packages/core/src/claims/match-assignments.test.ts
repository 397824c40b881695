import { describe, expect, it } from 'vitest';
import type { Address } from '../address/address.ts';
import { parseEgressIPAM, type ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import { anEgressIPAM } from '../testing/builders.ts';
import { assignmentOf, fitsInOrder, matchAssignments, missingAssignments } from './match-assignments.ts';

const of = (...texts: readonly string[]): readonly Address[] => parseAddresses(texts);
const cidrs = (assignments: readonly (ParsedAssignment | undefined)[]): readonly (string | undefined)[] =>
  assignments.map((assignment) => assignment?.cidr.text);

const apart = parseEgressIPAM(anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=b', 'fd00::/64=a']));
const nested = parseEgressIPAM(anEgressIPAM(['10.0.0.0/16=a', '10.0.1.0/24=b', '10.0.1.128/25=c']));

describe('an address', () => {
  it('is of the first CIDR that has it', () => {
    expect(cidrs([assignmentOf(apart, 0x0a010007), assignmentOf(apart, 0x0a020007)])).toEqual([
      '10.1.0.0/24',
      undefined,
    ]);
    expect(assignmentOf(nested, 0x0a000181)?.cidr.text).toBe('10.0.0.0/16');
  });
});

describe('addresses fit in order', () => {
  it('where there is one for each CIDR, at its place', () => {
    expect(fitsInOrder(of('10.0.0.1', '10.1.0.1', 'fd00::1'), apart.assignments)).toBe(true);
    expect(fitsInOrder(of('10.1.0.1', '10.0.0.1', 'fd00::1'), apart.assignments)).toBe(false);
    expect(fitsInOrder(of('10.0.0.1', '10.1.0.1'), apart.assignments)).toBe(false);
    expect(fitsInOrder([], apart.assignments)).toBe(false);
    expect(fitsInOrder([], [])).toBe(true);
  });
});

describe('matching addresses with CIDR assignments', () => {
  it('goes by their CIDRs, in whatever order they stand; two of one CIDR never fill two assignments', () => {
    const matched = matchAssignments(of('10.1.0.1', '10.1.0.2', 'fd00::1', '10.9.0.1'), apart.assignments);
    expect(cidrs(matched)).toEqual(['10.1.0.0/24', undefined, 'fd00::/64', undefined]);
  });

  it('finds a place for each of nested CIDRs where there is one, though the first that fits is taken', () => {
    expect(cidrs(matchAssignments(of('10.0.1.129', '10.0.1.1', '10.0.7.1'), nested.assignments))).toEqual([
      '10.0.1.128/25',
      '10.0.1.0/24',
      '10.0.0.0/16',
    ]);
    expect(cidrs(matchAssignments(of('10.0.1.1', '10.0.7.1', '10.0.7.2'), nested.assignments))).toEqual([
      '10.0.1.0/24',
      '10.0.0.0/16',
      undefined,
    ]);
  });
});

describe('missing are', () => {
  it('the assignments that no address fills', () => {
    expect(cidrs(missingAssignments([], apart))).toEqual(['10.0.0.0/24', '10.1.0.0/24', 'fd00::/64']);
    expect(cidrs(missingAssignments(of('fd00::1', '10.0.0.1'), apart))).toEqual(['10.1.0.0/24']);
    expect(missingAssignments(of('10.0.0.1', '10.1.0.1', 'fd00::1'), apart)).toEqual([]);
  });

  it('one less for each address in no CIDR: shrinking a CIDR gives nobody a second address', () => {
    expect(cidrs(missingAssignments(of('10.9.0.1', '10.1.0.1'), apart))).toEqual(['fd00::/64']);
    expect(missingAssignments(of('10.9.0.1', '10.9.0.2', '10.9.0.3', '10.9.0.4'), apart)).toEqual([]);
  });

  it('none that drain', () => {
    const drains = { CIDR: '10.0.0.0/24', labelValue: 'a', drain: true };
    const draining = parseEgressIPAM(anEgressIPAM([drains, '10.1.0.0/24=b']));
    expect(cidrs(missingAssignments([], draining))).toEqual(['10.1.0.0/24']);
    expect(missingAssignments(of('10.1.0.1'), draining)).toEqual([]);
  });
});
