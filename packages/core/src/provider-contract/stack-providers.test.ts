import { describe, expect, it } from 'vitest';
import { describeCloudProvider } from '../testing/conformance/describe-cloud-provider.ts';
import { memoryProvider, type MemoryProvider } from '../testing/memory-provider.ts';
import type { CloudProvider, ProviderChange } from './contract.ts';
import { stackProviders } from './stack-providers.ts';

const signal = new AbortController().signal;
const cidrs = ['10.0.0.0/24', 'fd00::/64'] as const;
const [one, two] = [{ name: 'node-1' }, { name: 'node-2' }] as const;
const platform = (limits = {}): MemoryProvider =>
  memoryProvider({
    nodes: [
      { ...one, subnets: cidrs, primary: '10.0.0.10', limits },
      { ...two, subnets: cidrs, primary: '10.0.0.11', limits },
    ],
  });

let last = 20;
describeCloudProvider({
  name: 'two in a stack',
  attach: true,
  families: [4, 6],
  limited: true,
  describe,
  it,
  skip: it.skip,
  foreign: false,
  usedElsewhere: false,
  makeProvider: () => ({
    provider: stackProviders(platform({ ipv4: 6 }), platform()),
    nodes: [one, two],
    cidrs,
    freeAddress: (family) => ((last += 1), family === 4 ? `10.0.0.${last}` : `fd00::${last}`),
  }),
});

describe('one provider on top of another', () => {
  const address = '10.0.0.20';
  const error = { class: 'transient', message: 'not now' } as const;
  const make = (): {
    readonly calls: string[];
    readonly below: MemoryProvider;
    readonly above: MemoryProvider;
    readonly stack: CloudProvider;
  } => {
    const calls: string[] = [];
    const noted = (name: string, provider: MemoryProvider): CloudProvider => ({
      ...provider,
      apply: (options) => (
        calls.push(...options.changes.map(({ type, node }) => `${name} ${type} ${node.name}`)),
        provider.apply(options)
      ),
    });
    const [below, above] = [platform(), platform()];
    return { calls, below, above, stack: stackProviders(noted('interface', below), noted('kernel', above)) };
  };
  const shown = async (stack: CloudProvider): Promise<unknown> => {
    const { nodes } = await stack.observe({ nodes: [one, two], cidrs: [], signal });
    return nodes.flatMap((node) =>
      'error' in node
        ? []
        : node.interfaces.flatMap(({ addresses }) =>
            addresses
              .filter(({ primary }) => !primary)
              .map(({ incomplete }) => `${node.node}${incomplete === true ? ', half' : ''}`),
          ),
    );
  };

  it('attaches to the interface first, moves from kernel to kernel over it, and detaches in reverse', async () => {
    const { calls, stack } = make();
    const changes: readonly ProviderChange[] = [
      { type: 'attach', address, node: one },
      { type: 'move', address, from: one, node: two },
      { type: 'detach', address, node: two },
    ];
    for (const change of changes)
      expect(await stack.apply({ changes: [change], signal })).toEqual([{ change, outcome: 'done' }]);
    expect(calls).toEqual([
      'interface attach node-1',
      'kernel attach node-1',
      'kernel detach node-1',
      'interface move node-2',
      'kernel attach node-2',
      'kernel detach node-2',
      'interface detach node-2',
    ]);
  });

  it('shows as incomplete what the interface has and the kernel lacks, until it is attached again', async () => {
    const { above, stack } = make();
    above.inject({ type: 'refuse', error });
    const change = { type: 'attach', address, node: one } as const;
    expect(await stack.apply({ changes: [change], signal })).toEqual([{ change, outcome: 'failed', error }]);
    expect(await shown(stack)).toEqual(['node-1, half']);
    expect(await stack.apply({ changes: [change], signal })).toMatchObject([{ outcome: 'done' }]);
    expect(await shown(stack)).toEqual(['node-1']);
  });

  it('leaves the interface alone while the kernel does not let go', async () => {
    const { calls, above, stack } = make();
    await stack.apply({ changes: [{ type: 'attach', address, node: one }], signal });
    above.inject({ type: 'refuse', error });
    const change = { type: 'move', address, from: one, node: two } as const;
    expect(await stack.apply({ changes: [change], signal })).toEqual([{ change, outcome: 'failed', error }]);
    expect(calls.at(-1)).toBe('kernel detach node-1');
    expect(await shown(stack)).toEqual(['node-1']);
  });

  it('shows as silent what is silent above, and tells of the change that comes first, with nobody left waiting', async () => {
    const [below, above] = [platform(), platform()];
    const waiting: AbortSignal[] = [];
    const stack = stackProviders(
      { ...below, changed: (either) => (waiting.push(either), new Promise(() => undefined)) },
      {
        ...above,
        changed: () => Promise.resolve(),
        observe: async (options) => {
          const seen = await above.observe(options);
          return { ...seen, nodes: seen.nodes.map((node) => ('error' in node ? node : { ...node, silent: true })) };
        },
      },
    );
    expect(await stack.observe({ nodes: [one], cidrs: [], signal })).toMatchObject({ nodes: [{ silent: true }] });
    await stack.changed?.(signal);
    expect(waiting.map(({ aborted }) => aborted)).toEqual([true]);
    expect(stackProviders(below, above).changed).toBeUndefined();
  });

  it('gives nothing more to a node whose kernel cannot be read, and forgets nothing of its interface', async () => {
    const { above, stack } = make();
    await stack.apply({ changes: [{ type: 'attach', address, node: one }], signal });
    above.makeUnreadable('node-1', error);
    const { nodes } = await stack.observe({ nodes: [one], cidrs: [], signal });
    expect(nodes).toMatchObject([
      { limits: { ipv4: 2, ipv6: 0 }, interfaces: [{ addresses: [{ address: '10.0.0.10' }, { address }] }] },
    ]);
  });

  it.each([
    [
      { ipv4: 1, ipv6: 0 },
      { ipv4: 1, ipv6: 0 },
    ],
    [{ total: 1 }, { ipv4: 1, ipv6: 0 }],
    [{ ipv4: 1 }, { ipv4: 1 }],
    [{ ipv6: 0 }, { ipv4: 6, ipv6: 0 }],
    [{ ipv4: 2 }, { ipv4: 6 }],
  ])('gives a node nothing more that its kernel has no room for: %j', async (limits, expected) => {
    const stack = stackProviders(platform({ ipv4: 6 }), platform(limits));
    const { nodes } = await stack.observe({ nodes: [one], cidrs: [], signal });
    expect(nodes).toEqual([expect.objectContaining({ limits: expected })]);
  });

  it('is what both together are, also where they are of a class', () => {
    class Described {
      readonly prefix = 'needed-by-';
      requests(namespace: string): readonly [] {
        expect(this.prefix + namespace).toBe('needed-by-here');
        return [];
      }
    }
    const reads = [{ resource: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' }, name: 'one' }];
    const below = Object.assign(new Described(), { ...platform(), isCloud: true, settlingTime: 5, reads });
    const above = Object.assign(new Described(), { ...platform(), attachesTo: 'kernel' as const, settlingTime: 7 });
    const stack = stackProviders(below, above);
    expect(stack).toMatchObject({ name: 'memory+memory', isCloud: true, settlingTime: 7, reads });
    expect(stack.attachesTo).toBeUndefined();
    const fromObjects = { kinds: [], observe: () => ({ nodes: [], cidrs: [] }) };
    expect(stackProviders({ ...platform(), fromObjects }, platform()).fromObjects).toBeUndefined();
    expect(stack.requests?.('here')).toEqual([]);
  });
});
