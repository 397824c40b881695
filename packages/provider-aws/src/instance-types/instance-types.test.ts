import { describe, expect, it } from 'vitest';
import { shippedLimits } from './instance-types.ts';

describe('the shipped table', () => {
  // EC2 User Guide, "Maximum IP addresses per network interface".
  it.each([
    ['t3.nano', 2, 2],
    ['t3.medium', 6, 6],
    ['m5.large', 10, 10],
    ['m5.xlarge', 15, 15],
    ['c5.4xlarge', 30, 30],
    ['r5.24xlarge', 50, 50],
    ['m6g.medium', 4, 4],
    ['m4.large', 10, 10],
  ])('%s takes %i IPv4 and %i IPv6 addresses per interface', (type, ipv4, ipv6) => {
    expect(shippedLimits().get(type)).toEqual({ ipv4, ipv6 });
  });

  it('has the common families, each size by its name', () => {
    expect(shippedLimits().size).toBeGreaterThan(500);
    for (const [type, { ipv4 }] of shippedLimits()) {
      expect(type).toMatch(/^[a-z0-9-]+\.[a-z0-9-]+$/);
      expect(ipv4).toBeGreaterThan(0);
    }
  });
});
