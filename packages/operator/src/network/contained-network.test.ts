import {
  buildSnapshot,
  createPlanner,
  plain,
  writeOf,
  type NetworkBackend,
  type NetworkStep,
} from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { isOwn } from '../log/uncaught.ts';
import { containNetwork } from './contained-network.ts';

const snapshot = buildSnapshot({
  egressIPAMs: [
    {
      name: 'pool',
      createdAt: '',
      topologyLabel: 'zone',
      cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a' }],
    },
  ],
  nodes: [{ name: 'n1', labels: { zone: 'a' }, ready: true, addresses: [] }],
  namespaces: [{ name: 'waits', createdAt: '', egressIPAM: 'pool' }],
});
const withBroken = (broken: object): NetworkBackend => containNetwork({ ...plain, name: 'theirs', ...broken });
const planWith = (broken: object): unknown => createPlanner(withBroken(broken)).plan(snapshot);
const reading = (change: object): object => ({
  createFactsReader: () => {
    const reader = plain.createFactsReader();
    return { read: (view: never) => ({ ...reader.read(view), ...change }) };
  },
});
const rendering = (change: object): object => ({
  render: (...all: Parameters<NetworkBackend['render']>) => ({ ...plain.render(...all), ...change }),
});
const thrower = (): never => {
  throw new Error('not today\u001b[31m');
};
const throws = new Proxy({}, { get: thrower, getPrototypeOf: thrower });
const step: NetworkStep = {
  kind: 'network',
  action: 'bind',
  id: 'bind a',
  object: { kind: 'EgressIP', name: 'a' },
  effects: {},
  after: [],
  payload: null,
};
const resource = { group: 'g', version: 'v1', plural: 'egressips', kind: 'EgressIP' };

describe('a back end behind its wall', () => {
  it('plans what it plans without, whatever more its facts have', () => {
    const more = reading({ mine: [1] });
    let seen: unknown;
    const render: NetworkBackend['render'] = (decisions, facts, view) => (
      (seen = facts),
      plain.render(decisions, facts, view)
    );
    expect(planWith({ ...more, render })).toEqual(createPlanner(plain).plan(snapshot));
    expect(seen).toMatchObject({ mine: [1] });
  });

  it('is one, however often it is built', () => {
    const backend = { ...plain };
    expect(containNetwork(containNetwork(backend))).toBe(containNetwork(backend));
  });

  it.each([
    ['throws where it reads', { createFactsReader: () => ({ read: thrower }) }, 'failed: read: not today [31m'],
    ['throws where it begins', { createFactsReader: thrower }, 'failed: createFactsReader: not today [31m'],
    ['throws where it renders', { render: thrower }, 'failed: render: not today [31m'],
    ['throws when it is asked of a node', reading({ nodeOf: thrower }), 'failed: nodeOf: not today [31m'],
    [
      'answers later',
      { traits: () => Promise.resolve({}) },
      'traits: families is not as the contract has it: undefined',
    ],
    ['begins with nothing', { createFactsReader: () => null }, 'createFactsReader: an object is expected, not null'],
    ['tells nothing', { createFactsReader: () => ({ read: () => 5 }) }, 'read: an object is expected, not 5'],
    ['tells what cannot be read', reading({ findings: [throws] }), 'failed: read: not today [31m'],
    ['tells too much', reading({ hosts: new Array(2 ** 32 - 1) }), 'read: hosts: 4294967295 entries are more than'],
    ['tells no addresses in use', reading({ used: [1] }), 'read: used is not as the contract has it: a list'],
    ['tells texts for addresses', reading({ mentioned: ['10.0.0.1'] }), 'read: mentioned is not as the contract'],
    [
      'binds to texts',
      reading({ bindings: new Map([['a', { ...step, namespace: 'a', ours: true, addresses: ['10.0.0.1'] }]]) }),
      'read: an entry of bindings is not as the contract has it',
    ],
    ['knows nothing of a node', reading({ nodeOf: () => null }), 'nodeOf: an object is expected, not null'],
    ['tells an obstacle later', reading({ obstacleOf: () => Promise.resolve() }), 'obstacleOf: code and message are'],
    ['renders nothing', { render: () => undefined }, 'render: an object is expected, not undefined'],
    ['has steps of nobody', rendering({ steps: [{}] }), 'render: steps is not as the contract has it: a list'],
    [
      'writes namespaces by itself',
      rendering({ steps: [{ ...step, kind: 'annotate', allocated: null }] }),
      'render: steps is not as the contract has it: a list',
    ],
    ['has findings of nobody', rendering({ findings: [{ code: 'X' }] }), 'render: findings is not as the contract'],
    ['wakes at no time', rendering({ wakeAt: 'soon' }), 'render: wakeAt is not as the contract has it: "soon"'],
  ])('law 8: is named where it %s', (_what, broken, says) => {
    expect(() => planWith(broken)).toThrow(`network "theirs" `);
    expect(() => planWith(broken)).toThrow(says);
  });

  it.each([
    ['nothing', null, 'write: an object is expected, not null'],
    ['something later', Promise.resolve(), 'write: undefined of an object is no write'],
    [
      'another object than the step says',
      { verb: 'delete', resource: { ...resource, kind: 'Namespace' }, name: 'a' },
      'write: it writes Namespace a, and the step EgressIP a',
    ],
  ])('writes nothing where it writes %s', (_what, answer, says) => {
    expect(() => writeOf(step, withBroken({ write: () => answer }))).toThrow(
      `network "theirs" answers wrongly: ${says}`,
    );
    const write = { verb: 'delete', resource, name: 'a' };
    expect(writeOf(step, withBroken({ write: () => write }))).toBe(write);
  });

  it.each([undefined, {}, { certainty: 'sure' }, { certainty: 'used', settings: { a: {} } }])(
    'is not taken to recognise anything by %j',
    (answer) => {
      const evidence = { served: new Map(), nodes: [] };
      expect(() => withBroken({ recognise: () => answer }).recognise(evidence)).toThrow(
        'network "theirs" answers wrongly: recognise',
      );
    },
  );

  it('has what it throws come from where it threw it: a defect of it does not end the operator', () => {
    const theirs = Object.assign(new Error('theirs'), { stack: 'Error: theirs\n    at read (/plug-in/index.js:1:2)' });
    let caught: unknown;
    try {
      planWith({
        render: () => {
          throw theirs;
        },
      });
    } catch (error) {
      caught = error;
    }
    expect(isOwn(caught)).toBe(false);
    expect((caught as Error).stack).toContain('/plug-in/index.js:1:2');
  });
});
