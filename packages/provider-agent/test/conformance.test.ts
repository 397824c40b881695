import { agentLeaseName, egressNodes, rosterKey, rosterName } from '@egressip-ipam/agent';
import { readObjects } from '@egressip-ipam/core';
import { describeCloudProvider } from '@egressip-ipam/core/testing';
import { leases, ResourceClient } from '@egressip-ipam/kube';
import { describe, expect, it } from 'vitest';
import { configMaps } from '../src/cluster-view.ts';
import { createAgentProvider } from '../src/create-agent-provider.ts';
import { description } from '../src/description.ts';
import { duplicateMAC, namespace, startMemoryAgents, type MemoryAgents } from './memory-agents.ts';

const subnets = ['10.0.0.0/24', 'fd00::/64'];
const [first, second] = ['node-1', 'node-2'].map((name, index) => ({
  name,
  subnets,
  addresses: [`10.0.0.${index + 1}`, `fd00::${index + 1}`],
}));
const nodes = [{ name: 'node-1' }, { name: 'node-2' }] as const;
const signal = new AbortController().signal;

describeCloudProvider({
  name: 'agent',
  attach: true,
  families: [4, 6],
  readsObjects: true,
  describe,
  it,
  skip: it.skip,
  foreign: false,
  makeProvider: async () => {
    const agents = await startMemoryAgents([{ ...first!, gateways: ['10.0.0.200'] }, second!], ['10.0.0.200']);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    let next = 10;
    return {
      provider,
      nodes: [...nodes],
      cidrs: ['10.0.0.0/24', 'fd00::/64'],
      objects: () => agents.objects(),
      operatorNamespace: namespace,
      usedElsewhere: '10.0.0.200',
      freeAddress: (family) => (family === 4 ? `10.0.0.${next++}` : `fd00::${(next++).toString(16)}`),
      close: async () => {
        await provider.close?.();
        await agents.close();
      },
    };
  },
});

/** What their objects show of the nodes. */
async function seenInObjects(agents: MemoryAgents): Promise<unknown> {
  const { snapshot } = readObjects(
    [...nodes.map(({ name }) => ({ kind: 'Node', metadata: { name } })), ...(await agents.objects())],
    undefined,
    { provider: description, operatorNamespace: namespace },
  );
  return snapshot.provider.observation;
}

/** Two nodes, of which the first carries some addresses and then falls silent. */
async function startWithSilent(...addresses: readonly string[]) {
  const agents = await startMemoryAgents([first!, second!]);
  const provider = createAgentProvider({ rest: agents.rest, namespace });
  const [from, node] = nodes;
  const changes = addresses.map((address) => ({ type: 'attach', address, node: from }) as const);
  await provider.apply({ changes, signal });
  agents.silence(from.name);
  return {
    agents,
    provider,
    from,
    node,
    deleteEgressNode: () => new ResourceClient(agents.rest, egressNodes).delete({ name: from.name }),
    deleteLease: () => new ResourceClient(agents.rest, leases).delete({ name: agentLeaseName(from.name), namespace }),
    /** Waits until the provider has seen that the EgressNode is gone. */
    seenGone: () =>
      expect
        .poll(async () => (await provider.observe({ nodes: [from], cidrs: [], signal })).nodes)
        .toMatchObject([{ error: { class: 'not-found' } }]),
    close: async () => {
      await provider.close?.();
      await agents.close();
    },
  };
}

describe('the agents as a provider', () => {
  it('are not called silent by who looks for their Leases in another namespace, but told to be elsewhere', async () => {
    const agents = await startMemoryAgents([first!, second!]);
    const looks = (place: string) => createAgentProvider({ rest: agents.rest, namespace: place, looksOnly: true });
    const [here, there] = [looks(namespace), looks('default')];
    const seen = await there.observe({ nodes: [...nodes], cidrs: [], signal });
    expect(seen.nodes).toMatchObject(
      nodes.map(({ name }) => ({
        node: name,
        error: {
          class: 'permanent',
          message: expect.stringMatching(/no agent has a Lease in namespace default.*--namespace/),
        },
      })),
    );
    expect((await here.observe({ nodes: [...nodes], cidrs: [], signal })).nodes).toMatchObject([
      { interfaces: [{}] },
      { interfaces: [{}] },
    ]);
    await Promise.all([here.close?.(), there.close?.(), agents.close()]);
  });

  it('believes no report about wishes that are still to come: a server that was set back has them from a lost history', async () => {
    const { agents, provider, from, node, close } = await startWithSilent('10.0.0.10');
    const client = new ResourceClient(agents.rest, egressNodes);
    const status = { observedGeneration: 99, addresses: [] };
    await client.mergePatch({ name: from.name }, { status }, { subresource: 'status' });
    const [result] = await provider.apply({
      changes: [{ type: 'move', address: '10.0.0.10', from, node }],
      signal: AbortSignal.timeout(1_000),
    });
    expect(result).toMatchObject({ outcome: 'failed' });
    expect((await client.get({ name: node.name }))['spec']).toEqual({ addresses: [] });
    await close();
  });

  it('writes each node once for all that is asked for in one go, and nothing at rest', async () => {
    const agents = await startMemoryAgents([first!, second!]);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    await provider.observe({ nodes: [...nodes], cidrs: [], signal });
    const changes = Array.from(
      { length: 40 },
      (_, index) =>
        ({ type: 'attach', address: `10.0.0.${10 + index}`, node: nodes[index % 2 === 0 ? 0 : 1] }) as const,
    );
    const results = await provider.apply({ changes, signal });
    expect(results.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(agents.specWrites()).toBe(2);
    await provider.apply({ changes, signal });
    expect(agents.specWrites()).toBe(2);
    await provider.close?.();
    await agents.close();
  });

  it('gives an address to no other node before one that found a duplicate has read that it is asked no more', async () => {
    const address = '10.0.0.200';
    const agents = await startMemoryAgents([first!, second!], [address]);
    const client = new ResourceClient(agents.rest, egressNodes);
    const [from, node] = nodes;
    const wish = (...addresses: readonly string[]) =>
      client.mergePatch(
        { name: from.name },
        { spec: { addresses: addresses.map((one) => ({ address: one, reason: '' })) } },
      );
    await wish(address);
    await expect
      .poll(async () => (await client.get({ name: from.name }))['status'])
      .toMatchObject({ addresses: [{ address }] });
    agents.silence(from.name);
    // Whoever took the wish back has crashed since: all that is known is what the objects say.
    await wish();
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    const [result] = await provider.apply({
      changes: [{ type: 'attach', address, node }],
      signal: AbortSignal.timeout(1_000),
    });
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringContaining(`node ${from.name} does not say`) },
    });
    await provider.close?.();
    await agents.close();
  });

  it('takes a wish back when another machine answers for the address, and names its MAC address', async () => {
    const agents = await startMemoryAgents([first!, second!], ['10.0.0.200']);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    const [result] = await provider.apply({
      changes: [{ type: 'attach', address: '10.0.0.200', node: nodes[0] }],
      signal,
    });
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { class: 'conflict', message: expect.stringContaining('02:00:00:00:00:01') },
    });
    await provider.close?.();
    await agents.close();
  });

  it('waits while it is an egress node that answers: what that lets go of by itself is no reason for another address', async () => {
    const agents = await startMemoryAgents([first!, { ...second!, mac: duplicateMAC }], ['10.0.0.200']);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    const [result] = await provider.apply({
      changes: [{ type: 'attach', address: '10.0.0.200', node: nodes[0] }],
      signal,
    });
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { class: 'transient', message: expect.stringContaining('node-2 answers for 10.0.0.200 still') },
    });
    const { cidrs } = await provider.observe({ nodes: [...nodes], cidrs: ['10.0.0.0/24'], signal });
    expect(JSON.stringify(cidrs)).not.toContain('10.0.0.200');
    await provider.close?.();
    await agents.close();
  });

  it('shows the default gateways of nodes as in use, so that nobody is given one', async () => {
    const agents = await startMemoryAgents([{ ...first!, gateways: ['10.0.0.254', 'nonsense', '192.0.2.1'] }, second!]);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    const inUse = async () =>
      (await provider.observe({ nodes: [...nodes], cidrs: ['10.0.0.0/24'], signal })).cidrs.flatMap((cidr) =>
        'error' in cidr ? [] : cidr.inUse,
      );
    await expect.poll(inUse).toContainEqual({ address: '10.0.0.254', usedBy: 'the default gateway of node node-1' });
    expect(JSON.stringify(await inUse())).not.toMatch(/nonsense|192\.0\.2\.1/);
    await provider.close?.();
    await agents.close();
  });

  it('shows as incomplete what a node was asked to take and has not taken, as after a crash', async () => {
    const agents = await startMemoryAgents([first!, second!]);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    agents.silence('node-1');
    await new ResourceClient(agents.rest, egressNodes).mergePatch(
      { name: 'node-1' },
      { spec: { addresses: [{ address: '10.0.0.10', reason: '' }] } },
    );
    const carried = async () =>
      (await provider.observe({ nodes: [nodes[0]], cidrs: [], signal })).nodes.flatMap((node) =>
        'error' in node ? [] : node.interfaces.flatMap(({ addresses }) => addresses),
      );
    await expect.poll(carried).toContainEqual({ address: '10.0.0.10', primary: false, incomplete: true });
    await provider.close?.();
    await agents.close();
  });

  it('believes no node that it holds what another was asked to carry, and sends nothing to what nobody was', async () => {
    const agents = await startMemoryAgents([first!, second!]);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    await provider.apply({ changes: [{ type: 'attach', address: '10.0.0.10', node: nodes[0] }], signal });
    const since = new Date().toISOString();
    const lies = ['10.0.0.10', '10.0.0.20'].map((address) => ({ address, state: 'Held', since }));
    await new ResourceClient(agents.rest, egressNodes).mergePatch(
      { name: 'node-2' },
      { status: { addresses: lies } },
      { subresource: 'status' },
    );
    const carried = async () =>
      (await provider.observe({ nodes: [...nodes], cidrs: [], signal })).nodes.map((node) =>
        'error' in node ? [] : node.interfaces.flatMap(({ addresses }) => addresses.filter(({ primary }) => !primary)),
      );
    await expect
      .poll(carried)
      .toEqual([
        [{ address: '10.0.0.10', primary: false }],
        [{ address: '10.0.0.20', primary: false, incomplete: true }],
      ]);
    await provider.close?.();
    await agents.close();
  });

  it('never moves what a node has of its own, also where that is the address of somebody here', async () => {
    const agents = await startMemoryAgents([first!, { ...second!, addresses: ['10.0.0.2', '10.0.0.10'] }]);
    const provider = createAgentProvider({ rest: agents.rest, namespace });
    const { nodes: seen } = await provider.observe({ nodes: [nodes[1]], cidrs: [], signal });
    expect(seen).toMatchObject([
      {
        interfaces: [
          {
            addresses: [
              { address: '10.0.0.2', primary: true },
              { address: '10.0.0.10', primary: true },
            ],
          },
        ],
      },
    ]);
    await provider.close?.();
    await agents.close();
  });

  it('fences a node that fell silent, by its Lease, and believes nothing of what it reported last', async () => {
    const { agents, provider, from, node, close } = await startWithSilent('10.0.0.10');
    expect(
      await provider.apply({ changes: [{ type: 'move', address: '10.0.0.10', from, node }], signal }),
    ).toMatchObject([{ outcome: 'done' }]);
    expect(await agents.lease('node-1')).toMatchObject({ holderIdentity: '' });
    const seen = await provider.observe({ nodes: [...nodes], cidrs: [], signal });
    const carried = seen.nodes.map((one) =>
      ('error' in one
        ? []
        : one.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address))
      ).includes('10.0.0.10'),
    );
    expect(carried).toEqual([false, true]);
    // Like a command, which sees the Leases for the first time.
    const looking = createAgentProvider({ rest: agents.rest, namespace, looksOnly: true });
    expect(await seenInObjects(agents)).toEqual(await looking.observe({ nodes: [...nodes], cidrs: [], signal }));
    await looking.close?.();
    expect(
      await provider.apply({
        changes: [
          { type: 'detach', address: '10.0.0.10', node },
          { type: 'attach', address: '10.0.0.10', node },
        ],
        signal,
      }),
    ).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
    await close();
  });

  it('takes every address from a node that is gone with its Lease and its EgressNode', async () => {
    const addresses = ['10.0.0.10', '10.0.0.11', '10.0.0.12'];
    const { provider, from, node, deleteLease, deleteEgressNode, close } = await startWithSilent(...addresses);
    await deleteLease();
    await deleteEgressNode();
    const move = (address: string) => ({ type: 'move', address, from, node }) as const;
    const outcomes = [
      ...(await provider.apply({ changes: addresses.slice(1).map(move), signal })),
      ...(await provider.apply({ changes: addresses.slice(0, 1).map(move), signal })),
    ];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    await close();
  }, 40_000);

  it('gives nothing to a node while another may have it whose EgressNode was deleted by hand', async () => {
    const { agents, provider, node, deleteEgressNode, seenGone, close } = await startWithSilent('10.0.0.10');
    await deleteEgressNode();
    await seenGone();
    const [result] = await provider.apply({ changes: [{ type: 'attach', address: '10.0.0.10', node }], signal });
    expect(result).toMatchObject({ outcome: 'done' });
    expect(await agents.lease('node-1')).toMatchObject({ holderIdentity: '' });
    await close();
  }, 40_000);

  it('gives what a node had that was deleted to another when its time is over, and anything else at once', async () => {
    const { provider, node, deleteLease, deleteEgressNode, seenGone, close } = await startWithSilent('10.0.0.10');
    await deleteEgressNode();
    await deleteLease();
    await seenGone();
    const done: string[] = [];
    const attach = async (address: string): Promise<void> => {
      const [result] = await provider.apply({ changes: [{ type: 'attach', address, node }], signal });
      done.push(`${address} ${result?.outcome}`);
    };
    const start = performance.now();
    await Promise.all([attach('10.0.0.10'), attach('10.0.0.11')]);
    expect(done).toEqual(['10.0.0.11 done', '10.0.0.10 done']);
    expect(performance.now() - start).toBeGreaterThan(5_000);
    await close();
  }, 40_000);

  it('gives nothing out before the time is over of a node that was deleted while no operator looked', async () => {
    const { agents, provider, node, deleteLease, deleteEgressNode, close } = await startWithSilent('10.0.0.10');
    // A restart: another operator, which has seen nothing of what is gone but its name among those that are counted.
    await provider.close?.();
    const members = nodes.map(({ name }, index) => ({ node: name, address: `10.0.0.${index + 1}`, port: 9_811 }));
    const roster = JSON.stringify({ number: 1, generations: [{ since: 1, members }] });
    await new ResourceClient(agents.rest, configMaps).create({
      metadata: { name: rosterName, namespace },
      data: { [rosterKey]: roster },
    });
    await deleteLease();
    await deleteEgressNode();
    const notices: string[] = [];
    const next = createAgentProvider({ rest: agents.rest, namespace, onNotice: (notice) => notices.push(notice) });
    const start = performance.now();
    const [result] = await next.apply({ changes: [{ type: 'attach', address: '10.0.0.10', node }], signal });
    expect(result).toMatchObject({ outcome: 'done' });
    expect(performance.now() - start).toBeGreaterThan(6_000);
    expect(notices).toEqual([expect.stringMatching(/^nobody knows what nodes node-1 carry, .* some 7 s$/)]);
    await next.close?.();
    await close();
  }, 40_000);
});
