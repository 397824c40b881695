import { expect, it } from 'vitest';
import { inspectEgressNode, isReportFull, readEgressNode, readStatus } from './read-egress-node.ts';

const since = '2026-01-01T00:00:00Z';
const read = (status: unknown, spec: unknown = {}) =>
  readEgressNode({ metadata: { name: 'worker-1', generation: 3, resourceVersion: '7' }, spec, status });

it('reads what the operator wishes and what the agent reports', () => {
  const eth0 = { name: 'eth0', mac: '02:00:00:00:00:01', subnets: ['10.0.0.0/24'], addresses: ['10.0.0.5'] };
  const held = { address: '10.0.0.128', state: 'Held', interface: 'eth0', since };
  const found = { address: '10.0.0.129', state: 'Duplicate', since, duplicateMAC: '02:00:00:00:00:09', message: 'no' };
  const status = { observedGeneration: 3, interfaces: [eth0], gateways: ['10.0.0.1'], addresses: [held, found] };
  const wish = { address: '10.0.0.128', reason: 'it was placed on this node', vacatedBy: 'worker-2' };
  expect(read(status, { addresses: [wish] })).toEqual({
    name: 'worker-1',
    generation: 3,
    resourceVersion: '7',
    wishes: [wish],
    status,
  });
});

it.each([undefined, null, 5, 'text', [], { interfaces: 'eth0', addresses: { 0: 'x' }, gateways: 7 }])(
  'reads %j as nothing reported yet',
  (status) => {
    expect(read(status, status)).toMatchObject({
      wishes: [],
      status: { observedGeneration: 0, interfaces: [], gateways: [], addresses: [] },
    });
  },
);

it('believes a node no more gateways and results than nodes have, however long its lists are', () => {
  const lie = Array.from({ length: 60_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
  const addresses = lie.map((address) => ({ address, state: 'Held', since }));
  const { status } = read({ observedGeneration: 1, gateways: lie, addresses });
  expect(status.gateways).toEqual(lie.slice(0, 16));
  expect(status.addresses).toHaveLength(2_048);
});

const lies = Array.from({ length: 60_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0`);

it.each([
  ['addresses', [{ name: 'eth0', addresses: lies }]],
  ['addresses on many interfaces', lies.map((address) => ({ name: 'eth0', addresses: [address] }))],
  ['subnets', [{ name: 'eth0', subnets: lies.map((address) => `${address}/24`) }]],
  ['interfaces', lies.map((name) => ({ name }))],
])('believes a node no more %s than nodes have, and it is known that there may be more', (_what, interfaces) => {
  const { status } = read({ observedGeneration: 1, interfaces });
  expect(JSON.stringify(status).length).toBeLessThan(80_000);
  expect([isReportFull(status), readStatus(status)]).toEqual([true, status]);
  expect(isReportFull(readStatus({ interfaces: [{ name: 'eth0', addresses: lies.slice(0, 1_000) }] }))).toBe(false);
});

it('leaves out of a status what is none of what it should be, and nothing that is', () => {
  const { status } = read({
    observedGeneration: 1,
    interfaces: [
      null,
      {
        name: 'eth\u001b[2J0',
        mac: '\u001b]0;x',
        subnets: ['10.0.0.0/24', '10.0.0.0/99', 7],
        addresses: ['fd00::0:5', 'x', {}],
      },
    ],
    gateways: ['10.0.0.1', '10.0.0.1\u0000', 'x', null],
    addresses: [
      'text',
      { address: '10.0.0.300', state: 'Held', since },
      { address: '10.0.0.128', state: 'Holding', since },
      {
        address: 'fd00:0::8',
        state: 'Duplicate',
        since,
        duplicateMAC: 'm'.repeat(9_000),
        message: `\u001b[2J${'long'.repeat(9_000)}`,
      },
    ],
  });
  const [nothing, eth0] = status.interfaces;
  expect(nothing).toEqual({ name: '', subnets: [], addresses: [] });
  expect(eth0).toEqual({ name: 'eth[2J0', subnets: ['10.0.0.0/24'], addresses: ['fd00::5'] });
  expect(status.gateways).toEqual(['10.0.0.1']);
  const [newer, only, ...others] = status.addresses;
  expect(others).toEqual([]);
  expect(newer).toEqual({ address: '10.0.0.128', state: 'Unknown', since });
  expect(only).toEqual({
    address: 'fd00::8',
    state: 'Duplicate',
    since,
    message: expect.stringMatching(/^\[2J(long)+/),
  });
  expect(only?.message?.length).toBeLessThanOrEqual(512);
  // An agent compares what it wants to report with what is read.
  expect(readStatus(status)).toEqual(status);
});

it('says what is left out of an object that stands in a file, and reads it as the agents and the operator do', () => {
  const status = {
    observedGeneration: -1,
    interfaces: [
      'eth0',
      { name: 'eth\u001b[2J1', mac: 'AA:BB', subnets: ['10.0.0.0/99'], addresses: { 0: '10.0.0.1' } },
    ],
    addresses: [
      { address: '10.0.0.128', state: 'Holding' },
      { address: 'x', state: 'Held', since },
      { address: '10.0.0.129', state: 'Held', since, message: 'long'.repeat(200) },
    ],
  };
  const object = { metadata: { name: 'worker-1', generation: 3 }, spec: { addresses: 'none' }, status };
  const result = inspectEgressNode(object);
  expect(result).toMatchObject({ ok: true, value: readEgressNode(object) });
  expect(result.problems.map(({ object: { kind, name }, field }) => `${kind}/${name} ${field}`)).toEqual(
    [
      'spec.addresses',
      'status.observedGeneration',
      'status.interfaces[0]',
      'status.interfaces[1].mac',
      'status.interfaces[1].name',
      'status.interfaces[1].subnets[0]',
      'status.interfaces[1].addresses',
      'status.addresses[0].state',
      'status.addresses[1].address',
      'status.addresses[2].message',
    ].map((field) => `EgressNode/worker-1 ${field}`),
  );
});

it.each([undefined, null, 5, 'text', [], {}, { metadata: 7 }, { metadata: { name: '' } }])(
  'reads %j as no EgressNode',
  (object) => {
    expect(inspectEgressNode(object)).toMatchObject({ ok: false, problems: [{ field: 'metadata.name' }] });
  },
);

it('reads no more wishes than the definition has room for, and counts problems that are without end', () => {
  const wishes = Array.from({ length: 2_000 }, (_, index) => ({ address: `10.0.${index >> 8}.${index & 255}` }));
  const interfaces = [{ name: 'eth0', subnets: Array.from({ length: 5_000 }, () => 'none') }];
  const result = inspectEgressNode({ metadata: { name: 'a' }, spec: { addresses: wishes }, status: { interfaces } });
  expect(result.ok && result.value.wishes).toHaveLength(1_024);
  expect(result.problems).toHaveLength(101);
  expect(result.problems[0]).toMatchObject({ message: 'it has 2000 entries; those behind 1024 are left out' });
  expect(result.problems[1]).toMatchObject({ message: 'it has 5000 entries; those behind 1024 are left out' });
  expect(result.problems[100]).toMatchObject({ object: { name: 'a' }, message: 'there are 926 more problems in it' });
});
