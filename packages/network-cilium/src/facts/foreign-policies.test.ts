import { expect, it } from 'vitest';
import type { EgressGatewayPolicyEntry } from '../kinds/egress-gateway-policy.ts';
import { createForeignReader } from './foreign-policies.ts';
import { parsePolicy } from './parse-policy.ts';

it('looks at what others select when that changes, and not with each policy of ours', () => {
  let looks = 0;
  const namespaceSelector = {
    get matchLabels() {
      looks += 1;
      return { team: 'red' };
    },
  };
  const policy = (name: string, egressIPAM?: string): EgressGatewayPolicyEntry => ({
    name,
    ...(egressIPAM === undefined ? {} : { egressIPAM, applied: true }),
    selectors: [{ namespaceSelector }],
    destinationCIDRs: ['0.0.0.0/0'],
    excludedCIDRs: [],
    gateways: [],
  });
  const read = createForeignReader();
  const theirs = parsePolicy(policy('theirs'));
  const ours = parsePolicy(policy('egressip-ipam.ipv4.shop', 'pool'));
  expect(read([theirs]).obstacleOf('shop', undefined)).toBeUndefined();
  const before = looks;
  expect(read([ours, theirs]).obstacleOf('shop', undefined)).toBeUndefined();
  expect(looks).toBe(before);
  read([theirs, parsePolicy(policy('theirs-too'))]).obstacleOf('shop', undefined);
  expect(looks).toBeGreaterThan(before);
});
