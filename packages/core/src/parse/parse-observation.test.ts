import { describe, expect, it } from 'vitest';
import { formatAddress } from '../address/address.ts';
import type { CidrObservation, NodeObservation, ProviderInterface } from '../provider-contract/observation.ts';
import { parseAddresses } from './parse-lists.ts';
import { parseObservation } from './parse-observation.ts';

const nic = (id: string, addresses: ProviderInterface['addresses'], main = false): ProviderInterface => ({
  ...{ id, main, addresses },
  subnets: [`10.0.${main ? 0 : 1}.0/24`],
});
const nodeOf = (node: NodeObservation) => parseObservation({ nodes: [node], cidrs: [] }).nodes.get(node.node);

describe('what was seen of a node', () => {
  const seen = nodeOf({
    node: 'n1',
    limits: { ipv4: 9 },
    interfaces: [
      nic('other', [
        { address: '10.0.1.5', primary: true },
        { address: '10.0.1.6', primary: false },
      ]),
      nic(
        'main',
        [
          { address: '10.0.0.5', primary: true },
          { address: 'fd00::5', primary: true },
          { address: '10.0.0.6', primary: false },
          { address: '10.0.0.7', primary: false, incomplete: true },
          { address: 'nonsense', primary: false },
        ],
        true,
      ),
    ],
  });

  it('is attached where it is on the main interface beside the primary addresses; all else never moves', () => {
    expect(seen?.attached.map(formatAddress)).toEqual(['10.0.0.6', '10.0.0.7']);
    expect(seen?.fixed.map(formatAddress)).toEqual(['10.0.1.5', '10.0.1.6', '10.0.0.5', 'fd00::5']);
    expect([...(seen?.incomplete ?? [])].map(formatAddress)).toEqual(['10.0.0.7']);
  });

  it('counts the primary addresses of the main interface alone, and has its subnets and limits', () => {
    expect(seen).toMatchObject({
      primaries: { ipv4: 1, ipv6: 1 },
      limits: { ipv4: 9 },
      answers: true,
      isUnknown: false,
    });
    expect(seen?.subnets.map(({ text }) => text)).toEqual(['10.0.0.0/24']);
  });

  it('is that nobody knows what it carries, unless the platform does not have it: then it carries nothing', () => {
    const failed = (errorClass: 'not-found' | 'throttled') =>
      nodeOf({ node: 'n1', error: { class: errorClass, message: 'no' } });
    expect(failed('throttled')).toMatchObject({ isUnknown: true, answers: false, attached: [], subnets: [] });
    expect(failed('not-found')).toMatchObject({ isUnknown: false, answers: false });
  });

  it('is that it does not answer, where what attaches addresses there is silent', () => {
    const silent = nodeOf({ node: 'n1', limits: {}, interfaces: [], silent: true });
    expect(silent).toMatchObject({ answers: false, isUnknown: false, error: undefined });
  });
});

describe('what was seen of a CIDR', () => {
  const cidrOf = (entry: CidrObservation, text = '10.0.0.0/24') =>
    parseObservation({ nodes: [], cidrs: [entry] }).cidrs.get(text);

  it('is who uses which address, and which ranges the platform keeps; what does not parse is passed over', () => {
    const inUse = ['10.0.0.9', 'nonsense'].map((address) => ({ address, usedBy: 'a load balancer' }));
    const seen = cidrOf({ cidr: '10.0.0.0/24', inUse, reserved: ['10.0.0.0-10.0.0.3', '10.0.0.255', 'x'] });
    const [first, last, broadcast, used] = parseAddresses(['10.0.0.0', '10.0.0.3', '10.0.0.255', '10.0.0.9']);
    expect(seen).toMatchObject({ error: undefined, inUse: [{ address: used, usedBy: 'a load balancer' }] });
    expect(seen?.reserved).toEqual([
      { first, last },
      { first: broadcast, last: broadcast },
    ]);
  });

  it('is found by its canonical text, and is an error where it could not be read', () => {
    const error = { class: 'throttled', message: 'too many calls' } as const;
    expect(cidrOf({ cidr: '10.0.0.77/24', error })).toMatchObject({ error, inUse: [], reserved: [] });
    expect(parseObservation({ nodes: [], cidrs: [{ cidr: 'nonsense', error }] }).cidrs.size).toBe(0);
  });
});
