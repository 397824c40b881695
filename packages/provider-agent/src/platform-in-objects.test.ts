import { agentLeaseLabel, agentLeaseName } from '@egressip-ipam/agent/objects';
import { readObjects, type NodeObservation, type ObjectsRead } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { description } from './description.ts';

const operatorNamespace = 'egress';
const named = (kind: string, name: string, more: object = {}): object => ({ kind, metadata: { name }, ...more });
const pool = named('EgressIPAM', 'pool', {
  spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a' }] },
});
const nodes = ['a', 'b', 'c'].map((name) => named('Node', name));
const eth0 = { name: 'eth0', subnets: ['10.0.0.0/24'], addresses: ['10.0.0.1'] };
const held = (address: string): object => ({ address, state: 'Held', since: '' });
const egressNode = (name: string, status: object = {}, spec: object = {}): object =>
  named('EgressNode', name, { spec, status: { observedGeneration: 1, interfaces: [eth0], ...status } });
const lease = (node: string, spec: object, namespace = operatorNamespace): object => ({
  kind: 'Lease',
  metadata: { name: agentLeaseName(node), namespace, labels: { [agentLeaseLabel.key]: agentLeaseLabel.value } },
  spec,
});
const isHeld = { holderIdentity: 'somebody', leaseDurationSeconds: 6 };

const read = (...objects: readonly unknown[]): ObjectsRead =>
  readObjects([pool, ...nodes, ...objects], undefined, { provider: description, operatorNamespace });
const seen = (...objects: readonly unknown[]): readonly (NodeObservation | undefined)[] =>
  read(...objects).snapshot.provider.observation?.nodes ?? [];
const inUse = ({ snapshot }: ObjectsRead): unknown =>
  snapshot.provider.observation?.cidrs.flatMap((cidr): readonly unknown[] =>
    'error' in cidr ? [cidr.error] : cidr.inUse,
  );

describe('agents in objects', () => {
  it('tell what is on their nodes, what is to be, and what is in use beside them', () => {
    const result = read(
      egressNode(
        'a',
        { addresses: [held('10.0.0.20')], gateways: ['10.0.0.254'] },
        { addresses: [{ address: '10.0.0.20' }, { address: '10.0.0.21' }] },
      ),
      egressNode(
        'd',
        {
          interfaces: [],
          // The second was asked of nobody: an agent cannot have looked for it.
          addresses: ['10.0.0.30', '10.0.0.31'].map((address) => ({
            address,
            state: 'Duplicate',
            duplicateMAC: '02:00',
          })),
        },
        { addresses: [{ address: '10.0.0.30' }] },
      ),
    );
    expect(result.problems).toEqual([]);
    expect(result.snapshot.provider).toMatchObject({ name: 'agent', attach: true, cloud: false });
    expect(result.snapshot.provider.observation?.nodes).toMatchObject([
      {
        node: 'a',
        interfaces: [
          {
            subnets: ['10.0.0.0/24'],
            addresses: [
              { address: '10.0.0.1', primary: true },
              { address: '10.0.0.20', primary: false },
              { address: '10.0.0.21', primary: false, incomplete: true },
            ],
          },
        ],
        limits: {},
      },
      {
        node: 'b',
        error: { class: 'not-found', message: expect.stringContaining('no agent has reported from node b') },
      },
      { node: 'c', error: { class: 'not-found' } },
    ]);
    expect(inUse(result)).toEqual([
      { address: '10.0.0.1', usedBy: 'node a' },
      { address: '10.0.0.20', usedBy: 'node a' },
      { address: '10.0.0.21', usedBy: 'node a' },
      { address: '10.0.0.254', usedBy: 'the default gateway of node a' },
      { address: '10.0.0.30', usedBy: 'the machine with MAC address 02:00' },
    ]);
  });

  it('may hold what they say in a word that is not known: it is in use, and carries nothing', () => {
    const addresses = ['10.0.0.20', '10.0.0.21'].map((address) => ({ address, state: 'Lent', since: '' }));
    const result = read(egressNode('a', { addresses }, { addresses: [{ address: '10.0.0.20' }] }));
    expect(result.problems.map(({ field }) => field)).toEqual([
      'status.addresses[0].state',
      'status.addresses[1].state',
    ]);
    expect(result.snapshot.provider.observation?.nodes).toMatchObject([
      {
        interfaces: [
          {
            addresses: [
              { address: '10.0.0.1', primary: true },
              { address: '10.0.0.20', primary: false, incomplete: true },
              { address: '10.0.0.21', primary: false, incomplete: true },
            ],
          },
        ],
      },
      {},
      {},
    ]);
  });

  it('are not looked for where none has reported: nothing tells then whether there are any', () => {
    expect(read(lease('a', isHeld)).snapshot.provider.observation).toBeUndefined();
  });

  it('hold nothing once their Lease was taken away, and are silent without one as long as most have theirs', () => {
    const all = ['a', 'b', 'c'].map((name) => egressNode(name, { addresses: [held('10.0.0.20')] }));
    const full = { limits: { ipv4: 1, ipv6: 0 } };
    expect(seen(...all, lease('a', { holderIdentity: '' }), lease('b', isHeld), lease('c', isHeld))).toMatchObject([
      { silent: true, ...full, interfaces: [{ addresses: [{ address: '10.0.0.1' }] }] },
      { limits: {} },
      { limits: {} },
    ]);
    const [one, other] = seen(...all, lease('b', isHeld), lease('a', { holderIdentity: '' }));
    expect([one, other]).toMatchObject([full, { limits: {} }]);
    expect(one).not.toHaveProperty('silent');
  });

  it('count as alive where no Lease of theirs is there, those of other namespaces and of other things left alone', () => {
    const all = ['a', 'b', 'c'].map((name) => egressNode(name));
    const foreign = lease('a', { holderIdentity: '' }, 'tenant');
    const other = { ...lease('b', {}), metadata: { name: 'egressip-ipam-agent-b', namespace: operatorNamespace } };
    expect(JSON.stringify(seen(...all, foreign, other))).toBe(JSON.stringify(seen(...all)));
    expect(seen(...all)).toMatchObject([{ limits: {} }, { limits: {} }, { limits: {} }]);
    expect(JSON.stringify(seen(...all))).not.toContain('silent');
  });

  it('say what is left out of an object, and read the rest of it and all others', () => {
    const { problems, snapshot } = read(
      egressNode('a', {
        gateways: ['10.0.0.254', '10.0.0.254\u001b[2J', 7],
        addresses: 'none',
        interfaces: [null, eth0],
      }),
      egressNode('b'),
      egressNode('b', { gateways: ['10.0.0.99'] }),
      named('EgressNode', 'c', { status: { observedGeneration: Number.NaN } }),
      named('EgressNode', ''),
      lease('c', { leaseDurationSeconds: Number.NaN, holderIdentity: {} }),
    );
    expect(problems.map(({ object, field }) => `${object.name} ${field}`)).toEqual([
      'a status.gateways[1]',
      'a status.gateways[2]',
      'a status.addresses',
      'c status.observedGeneration',
      ' metadata.name',
    ]);
    expect(snapshot.provider.observation?.nodes).toMatchObject([
      { node: 'a', interfaces: [{ subnets: ['10.0.0.0/24'] }] },
      { node: 'b', interfaces: [{}] },
      { node: 'c', error: {} },
    ]);
    expect(JSON.stringify(snapshot)).not.toContain('10.0.0.99');
  });

  it('are read in time that grows with what they say, however long it is', () => {
    const many = (count: number): object => {
      const addresses = Array.from({ length: count }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
      const results = addresses.map((address) => ({ address, state: 'Duplicate', duplicateMAC: '02:00:00:00:00:01' }));
      const interfaces = addresses.map((address) => ({ ...eth0, addresses: [address], mac: '02:00:00:00:00:02' }));
      return egressNode('a', { addresses: results, interfaces, gateways: addresses }, { addresses: results });
    };
    const timeOf = (count: number): number => {
      const object = many(count);
      const start = performance.now();
      const { problems } = read(object);
      expect(problems.map(({ field }) => field)).toEqual([
        ...(count > 1024 ? ['spec.addresses', 'status.interfaces'] : []),
        'status.gateways',
        ...(count > 2048 ? ['status.addresses'] : []),
      ]);
      return performance.now() - start;
    };
    timeOf(1_000);
    const [less, more] = [timeOf(1_000), timeOf(16_000)];
    expect(more / less).toBeLessThan(100);
  });
});
