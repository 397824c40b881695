import { describe, expect, it } from 'vitest';
import type { CloudProvider, ProviderChange, ProviderChangeResult } from '../../provider-contract/contract.ts';
import type { AttachedAddress, CidrObservation, ProviderObservation } from '../../provider-contract/observation.ts';
import type { ProviderKind } from '../../provider-contract/platform-in-objects.ts';
import type { ProviderErrorDescription } from '../../provider-contract/provider-error.ts';
import { memoryProvider } from '../memory-provider.ts';
import { conformanceCases, describeCloudProvider } from './describe-cloud-provider.ts';
import type { ConformanceDeclaration, ProviderHarness } from './harness.ts';
import { memoryInObjects, objectsOfMemory } from './memory-in-objects.ts';

const declaration: ConformanceDeclaration = {
  attach: true,
  families: [4, 6],
  faults: ['refuse', 'lose-answer', 'stop-move', 'unreadable-node', 'unreadable-cidr'],
  limited: true,
  readsObjects: true,
};

function makeHarness(atomicMove = false): ProviderHarness {
  const cidrs = ['10.0.0.0/24', 'fd00::/64'] as const;
  const provider = memoryProvider({
    atomicMove,
    nodes: [
      { name: 'node-1', subnets: cidrs, primary: '10.0.0.10', foreign: ['10.0.0.99'], limits: { ipv4: 6 } },
      { name: 'node-2', subnets: cidrs, primary: '10.0.0.11', limits: { ipv4: 6 } },
    ],
    usedElsewhere: [{ address: '10.0.0.200', usedBy: 'a printer' }],
  });
  let last = 20;
  const failure = (error: ProviderErrorDescription['class']): ProviderErrorDescription => ({
    class: error,
    message: `scripted: ${error}`,
  });
  const nodes = [{ name: 'node-1' }, { name: 'node-2' }] as const;
  return {
    provider: { ...provider, fromObjects: memoryInObjects },
    nodes,
    cidrs,
    objects: () => objectsOfMemory(provider, { nodes, cidrs }),
    foreign: { address: '10.0.0.99', node: { name: 'node-1' } },
    usedElsewhere: '10.0.0.200',
    freeAddress: (family) => ((last += 1), family === 4 ? `10.0.0.${last}` : `fd00::${last}`),
    inject(fault) {
      if (fault.type === 'unreadable-node') provider.makeUnreadable(fault.node, failure('transient'));
      else if (fault.type === 'unreadable-cidr') provider.makeUnreadable(fault.cidr, failure('unauthorized'));
      else if (fault.type === 'refuse')
        provider.inject({
          type: 'refuse',
          address: fault.address,
          error: { ...failure(fault.class), ...(fault.class === 'throttled' ? { retryAfterMilliseconds: 500 } : {}) },
        });
      else provider.inject({ type: fault.type, address: fault.address, error: failure('unknown') });
    },
  };
}

describeCloudProvider({
  ...declaration,
  name: 'memory',
  describe,
  it,
  skip: it.skip,
  makeProvider: () => makeHarness(),
});
describeCloudProvider({
  ...declaration,
  name: 'memory with atomic moves',
  describe,
  it,
  skip: it.skip,
  makeProvider: () => makeHarness(true),
});

/** A provider with one fault built in, and the case that must catch it. */
interface Broken {
  readonly what: string;
  readonly caughtBy: string;
  breakIt(provider: CloudProvider): Partial<CloudProvider>;
}

const mapObservation = (
  provider: CloudProvider,
  change: (observation: ProviderObservation) => ProviderObservation,
): Partial<CloudProvider> => ({
  observe: async (options) => change(await provider.observe(options)),
});
type ReadableCidr = Exclude<CidrObservation, { readonly error: unknown }>;

const mapReadableCidrs = (
  provider: CloudProvider,
  change: (cidr: ReadableCidr) => ReadableCidr,
): Partial<CloudProvider> =>
  mapObservation(provider, (seen) => ({
    ...seen,
    cidrs: seen.cidrs.map((cidr) => ('error' in cidr ? cidr : change(cidr))),
  }));

const mapAddresses = (
  provider: CloudProvider,
  isShown: (address: AttachedAddress) => boolean,
): Partial<CloudProvider> =>
  mapObservation(provider, (seen) => ({
    ...seen,
    nodes: seen.nodes.map((node) =>
      'error' in node
        ? node
        : {
            ...node,
            interfaces: node.interfaces.map((one) => ({ ...one, addresses: one.addresses.filter(isShown) })),
          },
    ),
  }));
const mapResults = (
  provider: CloudProvider,
  change: (result: ProviderChangeResult) => ProviderChangeResult,
): Partial<CloudProvider> => ({
  apply: async (options) => (await provider.apply(options)).map(change),
});
const mapObjects = (change: (observation: ProviderObservation) => ProviderObservation): Partial<CloudProvider> => ({
  fromObjects: {
    ...memoryInObjects,
    observe: (entries, subjects) => change(memoryInObjects.observe(entries, subjects)),
  },
});
const mapKinds = (change: (kind: ProviderKind) => Partial<ProviderKind>): Partial<CloudProvider> => ({
  fromObjects: {
    ...memoryInObjects,
    kinds: memoryInObjects.kinds.map((kind) => ({ ...kind, ...change(kind) })),
  },
});
const reclassed = (
  result: ProviderChangeResult,
  from: string,
  to: ProviderErrorDescription['class'],
): ProviderChangeResult =>
  result.outcome === 'failed' && result.error.class === from
    ? { ...result, error: { ...result.error, class: to } }
    : result;

const broken: readonly Broken[] = [
  {
    what: 'claims that it cannot attach',
    caughtBy: 'declares its version',
    breakIt: () => ({ capabilities: { attach: false } }),
  },
  {
    what: 'leaves nodes out',
    caughtBy: 'observes every node',
    breakIt: (provider) => mapObservation(provider, (seen) => ({ ...seen, nodes: seen.nodes.slice(1) })),
  },
  {
    what: 'shows nodes in no stable order',
    caughtBy: 'observes the same twice',
    breakIt: (provider) => {
      let flip = false;
      return mapObservation(
        provider,
        (seen) => ((flip = !flip), flip ? seen : { ...seen, nodes: [...seen.nodes].reverse() }),
      );
    },
  },
  {
    what: 'ignores the abort of a look',
    caughtBy: 'an aborted look',
    breakIt: (provider) => ({
      observe: (options) => provider.observe({ ...options, signal: new AbortController().signal }),
    }),
  },
  {
    what: 'ignores the abort of a change',
    caughtBy: 'what an aborted call',
    breakIt: (provider) => ({
      apply: (options) => provider.apply({ ...options, signal: new AbortController().signal }),
    }),
  },
  {
    what: 'shows an unreadable CIDR as empty',
    caughtBy: 'a CIDR that cannot be read',
    breakIt: (provider) =>
      mapObservation(provider, (seen) => ({
        ...seen,
        cidrs: seen.cidrs.map((cidr) => ('error' in cidr ? { cidr: cidr.cidr, inUse: [], reserved: [] } : cidr)),
      })),
  },
  {
    what: 'shows an unreadable node as empty',
    caughtBy: 'a node that cannot be read',
    breakIt: (provider) =>
      mapObservation(provider, (seen) => ({
        ...seen,
        nodes: seen.nodes.map((node) => ('error' in node ? { node: node.node, interfaces: [], limits: {} } : node)),
      })),
  },
  {
    what: 'hides addresses of others',
    caughtBy: 'addresses in use by others',
    breakIt: (provider) => mapReadableCidrs(provider, (cidr) => ({ ...cidr, inUse: [] })),
  },
  {
    what: 'promises more room than there is',
    caughtBy: 'carries exactly as many',
    breakIt: (provider) =>
      mapObservation(provider, (seen) => ({
        ...seen,
        nodes: seen.nodes.map((node) => ('error' in node ? node : { ...node, limits: { ipv4: 12 } })),
      })),
  },
  {
    what: 'tells less room than there is',
    caughtBy: 'carries exactly as many',
    breakIt: (provider) =>
      mapObservation(provider, (seen) => ({
        ...seen,
        nodes: seen.nodes.map((node) => ('error' in node ? node : { ...node, limits: { ipv4: 4 } })),
      })),
  },
  {
    what: 'calls a full interface a transient error',
    caughtBy: 'carries exactly as many',
    breakIt: (provider) => mapResults(provider, (result) => reclassed(result, 'capacity', 'transient')),
  },
  {
    what: 'calls a conflict permanent',
    caughtBy: 'an address that another node carries',
    breakIt: (provider) => mapResults(provider, (result) => reclassed(result, 'conflict', 'permanent')),
  },
  {
    what: 'calls throttling permanent',
    caughtBy: "a platform's refusal (throttled)",
    breakIt: (provider) => mapResults(provider, (result) => reclassed(result, 'throttled', 'permanent')),
  },
  {
    what: 'calls an unknown node transient',
    caughtBy: 'attaching to an unknown node',
    breakIt: (provider) => mapResults(provider, (result) => reclassed(result, 'not-found', 'transient')),
  },
  {
    what: 'says done whatever happened',
    caughtBy: 'a move that stopped',
    breakIt: (provider) => mapResults(provider, ({ change }) => ({ change, outcome: 'done' })),
  },
  {
    what: 'gives results in reverse',
    caughtBy: 'a failed change leaves the others',
    breakIt: (provider) => ({ apply: async (options) => [...(await provider.apply(options))].reverse() }),
  },
  {
    what: 'stops at the first failure',
    caughtBy: 'a failed change leaves the others',
    breakIt: (provider) => ({
      apply: async ({ changes, signal }) => {
        const results: ProviderChangeResult[] = [];
        for (const change of changes) {
          const stopped = results.find(({ outcome }) => outcome === 'failed');
          results.push(
            ...(stopped === undefined ? await provider.apply({ changes: [change], signal }) : [{ ...stopped, change }]),
          );
        }
        return results;
      },
    }),
  },
  {
    what: 'fails to attach what is attached',
    caughtBy: 'attaching what is attached',
    breakIt: (provider) => {
      const attached = new Set<string>();
      return mapResults(provider, (result) => {
        const key = `${result.change.type} ${result.change.address}`;
        if (result.change.type === 'attach' && attached.has(key))
          return { change: result.change, outcome: 'failed', error: { class: 'conflict', message: 'already there' } };
        attached.add(key);
        return result;
      });
    },
  },
  {
    what: 'fails to detach what is absent',
    caughtBy: 'detaching what is absent',
    breakIt: (provider) => {
      const attached = new Set<string>();
      return mapResults(provider, (result) => {
        attached.add(`${result.change.type} ${result.change.address}`);
        return result.change.type === 'detach' && !attached.has(`attach ${result.change.address}`)
          ? { change: result.change, outcome: 'failed', error: { class: 'not-found', message: 'not there' } }
          : result;
      });
    },
  },
  {
    what: 'takes a foreign address away with a detach',
    caughtBy: 'addresses that no change names',
    breakIt: (provider) => ({
      apply: async ({ changes, signal }) => {
        const results = await provider.apply({ changes, signal });
        if (changes.some(({ type }) => type === 'detach'))
          await provider.apply({
            changes: [{ type: 'detach', address: '10.0.0.99', node: { name: 'node-1' } }],
            signal,
          });
        return results;
      },
    }),
  },
  {
    what: 'steals an address from another node',
    caughtBy: 'an address that another node carries',
    breakIt: (provider) => ({
      apply: async ({ changes, signal }) => {
        const asMoves = changes.map((change) =>
          change.type === 'attach' && change.node.name === 'node-2'
            ? { ...change, type: 'move' as const, from: { name: 'node-1' } }
            : change,
        );
        return (await provider.apply({ changes: asMoves, signal })).map((result, index) => ({
          ...result,
          change: changes[index] ?? result.change,
        }));
      },
    }),
  },
  {
    what: 'detaches whoever has the address',
    caughtBy: 'a detach takes an address from the node',
    breakIt: (provider) => ({
      apply: async ({ changes, signal }) => {
        const everywhere = changes.flatMap((change): readonly ProviderChange[] =>
          change.type === 'detach'
            ? ['node-1', 'node-2'].map((name) => ({ type: 'detach', address: change.address, node: { name } }))
            : [change],
        );
        const results = await provider.apply({ changes: everywhere, signal });
        return changes.map(
          (change) =>
            ({ ...results.find((result) => result.change.address === change.address), change }) as ProviderChangeResult,
        );
      },
    }),
  },
  {
    what: 'says done of what it should refuse',
    caughtBy: "a node's primary address",
    breakIt: (provider) =>
      mapResults(provider, (result) =>
        result.outcome === 'failed' && result.error.class === 'permanent'
          ? { change: result.change, outcome: 'done' }
          : result,
      ),
  },
  {
    what: 'takes a move as leave to take from anybody',
    caughtBy: 'a move takes an address from the node',
    breakIt: (provider) =>
      mapResults(provider, (result) =>
        result.change.type === 'move' && result.outcome === 'failed' && result.error.class === 'conflict'
          ? { change: result.change, outcome: 'done' }
          : result,
      ),
  },
  {
    what: 'calls an address outside of the subnets a conflict',
    caughtBy: "an address outside of the interface's subnets",
    breakIt: (provider) => mapResults(provider, (result) => reclassed(result, 'permanent', 'conflict')),
  },
  {
    what: 'refuses a call while another is under way',
    caughtBy: 'calls at the same time',
    breakIt: (provider) => {
      let busy = false;
      return {
        apply: async (options) => {
          if (busy)
            return options.changes.map((change) => ({
              change,
              outcome: 'failed',
              error: { class: 'transient', message: 'busy' },
            }));
          busy = true;
          await Promise.resolve();
          busy = false;
          return provider.apply(options);
        },
      };
    },
  },
  {
    what: 'tells the use of every CIDR in each',
    caughtBy: 'addresses in use lie in their CIDR',
    breakIt: (provider) =>
      mapReadableCidrs(provider, (cidr) => ({
        ...cidr,
        inUse: [...cidr.inUse, { address: '172.16.0.1', usedBy: 'a router' }],
      })),
  },
  {
    what: 'tells what is reserved as a CIDR',
    caughtBy: 'what the platform keeps for itself',
    breakIt: (provider) => mapReadableCidrs(provider, (cidr) => ({ ...cidr, reserved: ['10.0.0.0/30'] })),
  },
  {
    what: 'leaves the addresses of nodes out of what is in use',
    caughtBy: 'what nodes carry in a CIDR',
    breakIt: (provider) =>
      mapReadableCidrs(provider, (cidr) => ({
        ...cidr,
        inUse: cidr.inUse.filter(({ address }) => address !== '10.0.0.10'),
      })),
  },
  {
    what: 'keeps fewer addresses than none',
    caughtBy: 'declares its version',
    breakIt: () => ({ keptInSubnets: { first: -1, last: 0 } }),
  },
  {
    what: 'settles in no time that is one',
    caughtBy: 'declares its version',
    breakIt: () => ({ settlingTime: Number.NaN }),
  },
  {
    what: 'tells as reserved what is in another CIDR',
    caughtBy: 'what the platform keeps for itself',
    breakIt: (provider) => mapReadableCidrs(provider, (cidr) => ({ ...cidr, reserved: ['172.16.0.0-172.16.0.3'] })),
  },
  {
    what: 'hides what someone else put on a node',
    caughtBy: 'an address that someone else put on a node',
    breakIt: (provider) => mapAddresses(provider, ({ address }) => address !== '10.0.0.99'),
  },
  {
    what: 'writes addresses with leading zeros left in',
    caughtBy: 'every node has one main interface',
    breakIt: (provider) =>
      mapObservation(provider, (seen) => ({
        ...seen,
        nodes: seen.nodes.map((node) =>
          'error' in node
            ? node
            : {
                ...node,
                interfaces: node.interfaces.map((one) => ({
                  ...one,
                  addresses: [...one.addresses, { address: 'fd00:0::00a', primary: false }],
                })),
              },
        ),
      })),
  },
  {
    what: 'reports a move that happened as failed',
    caughtBy: 'a move takes the address',
    breakIt: (provider) =>
      mapResults(provider, (result) =>
        result.change.type === 'move' && result.outcome === 'done'
          ? { change: result.change, outcome: 'failed', error: { class: 'conflict', message: 'still there' } }
          : result,
      ),
  },
  {
    what: 'does not see in objects what addresses are on a node',
    caughtBy: 'sees in objects what a look shows',
    breakIt: () =>
      mapObjects((seen) => ({
        ...seen,
        nodes: seen.nodes.map((node) =>
          'error' in node
            ? node
            : { ...node, interfaces: node.interfaces.map((one) => ({ ...one, addresses: one.addresses.slice(0, 1) })) },
        ),
      })),
  },
  {
    what: 'leaves out a node that no object tells of',
    caughtBy: 'sees every node and CIDR asked for in objects',
    breakIt: () => mapObjects((seen) => ({ ...seen, nodes: seen.nodes.filter((node) => !('error' in node)) })),
  },
  {
    what: 'throws for an object of another shape',
    caughtBy: 'reads objects with anything in the place of anything',
    breakIt: () =>
      mapKinds(({ read }) => ({ read: (object) => (JSON.parse((object as { seen: string }).seen), read(object)) })),
  },
  {
    what: 'says what is wrong in an object of another one',
    caughtBy: 'reads objects with anything in the place of anything',
    breakIt: () =>
      mapKinds(({ read }) => ({
        read: (object) => {
          const result = read(object);
          const problems = result.problems.map((one) => ({ ...one, object: { kind: 'Node', name: 'node-1' } }));
          return { ...result, problems };
        },
      })),
  },
  {
    what: 'changes the objects that it reads',
    caughtBy: 'leaves objects as they are',
    breakIt: () =>
      mapKinds(({ read }) => ({ read: (object) => read(Object.assign(object as object, { seenBy: 'us' })) })),
  },
  {
    what: 'has a platform in objects, and keeps it to itself',
    caughtBy: 'declares whether its platform stands in objects',
    breakIt: ({ fromObjects: _fromObjects, ...provider }) => ({ ...provider, fromObjects: undefined as never }),
  },
];

describe('the conformance suite', () => {
  it.each(broken)('catches a provider that $what', async ({ caughtBy, breakIt }) => {
    const failed: string[] = [];
    for (const { name, run } of conformanceCases(declaration)) {
      const harness = makeHarness();
      const provider: CloudProvider = { ...harness.provider, ...breakIt(harness.provider) };
      await run({ ...harness, provider }).catch(() => failed.push(name));
    }
    expect(failed.filter((name) => name.startsWith(caughtBy))).not.toEqual([]);
  });

  it.each([
    ['foreign', 'an address that someone else put on a node'],
    ['usedElsewhere', 'an address in use outside of the nodes'],
  ] as const)('passes nothing by for want of what the harness is declared to have: %s', async (member, name) => {
    const { [member]: _missing, ...harness } = makeHarness();
    const found = conformanceCases(declaration).find((one) => one.name.startsWith(name));
    await expect(found?.run(harness)).rejects.toThrow(`declare \`${member}: false\``);
  });

  it('asks for a declaration where interfaces have no primary address', async () => {
    const { provider, ...harness } = makeHarness();
    const hidden = mapAddresses(provider, ({ primary }) => !primary);
    const found = conformanceCases(declaration).find(({ name }) => name.startsWith("a node's primary address"));
    await expect(found?.run({ ...harness, provider: { ...provider, ...hidden } })).rejects.toThrow('primaries: false');
  });

  it('has the same cases for every declaration, and says of each that it skips why', () => {
    const none = conformanceCases({ attach: false, foreign: false, usedElsewhere: false, primaries: false });
    expect(none.map(({ name }) => name)).toEqual(conformanceCases(declaration).map(({ name }) => name));
    expect(none.filter(({ skipped }) => skipped === undefined).map(({ name }) => name)).toEqual([
      'declares its version, name, platforms and capabilities',
      'observes every node and CIDR asked for, once and in order',
      'observes the same twice when nothing changed',
      'what the platform keeps for itself is told as addresses or ranges of the CIDR',
      'an aborted look rejects with the reason of the signal',
      'refuses every change with class permanent',
      'declares whether its platform stands in objects',
    ]);
  });

  it('fills interfaces whose families share a limit, too', async () => {
    const provider = memoryProvider({
      nodes: [{ name: 'node-1', subnets: ['10.0.0.0/24'], primary: '10.0.0.10', limits: { total: 3 } }],
    });
    const found = conformanceCases(declaration).find(({ name }) => name.startsWith('carries exactly as many'));
    await found?.run({ ...makeHarness(), provider });
    expect(provider.log).toHaveLength(3);
  });
});
