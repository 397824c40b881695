import {
  createRestClient,
  leases,
  ResourceClient,
  staticConnection,
  systemClock,
  type KubernetesObject,
  type RestClient,
} from '@egressip-ipam/kube';
import { createApiServer, type ApiServer } from '@egressip-ipam/sandbox';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { egressNodes } from '../egress-node/egress-node.ts';
import { rosterKey, rosterName } from '../fencing/roster-object.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { agentLeaseName, readAgentLease } from '../lease/agent-lease.ts';
import { InputGuard } from '../packet-filter/input-guard.ts';
import { StateFile } from '../state/state-file.ts';
import { Agent } from './agent.ts';
import type { Log } from './options.ts';

const node = 'worker-1';
const namespace = 'operator';
const address = '192.0.2.101';
const handedOver = { address, reason: 'it moves here', vacatedBy: 'worker-2' };
const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let server: ApiServer;
let rest: RestClient;
let agent: Agent;
/** What the agent did of the address: asked the network for it, or put it on the node. */
let did: string[];
/** Whether its writes are refused, and how many were. */
let isRefused: boolean;
let refusals: number;
let warnings: string[];

async function startAgent(term: number): Promise<void> {
  agent = new Agent({
    options: {
      node,
      namespace,
      term,
      peerAddress: '127.0.0.1',
      peerPort: 0,
      stateFile: join(folder, 'state.json'),
      metricsBindAddress: '0',
      healthProbeBindAddress: '0',
    },
    rest: rest.withFence(() => {
      if (!isRefused) return;
      refusals += 1;
      throw new Error('refused');
    }),
    clock: systemClock,
    log: { ...silent, warn: (message) => void warnings.push(message) },
    kernel: kernel(),
    guard: new InputGuard(),
    announcer: { announce: () => undefined },
    state: new StateFile(join(folder, 'state.json')),
    bootID: 'boot',
    keys: () => [],
    metrics: undefined,
  });
  await agent.openPeers();
  agent.start();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-test-'));
  did = [];
  [isRefused, refusals, warnings] = [false, 0, []];
  server = await startServer(0);
  rest = createRestClient(staticConnection({ server: server.url }));
  await startAgent(30_000);
});
afterEach(async () => {
  await agent.stop();
  rest.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

it('takes at once what another node let go of a moment ago', async () => {
  await shows([]);
  await wish([handedOver]);
  await expect.poll(() => did[0], { timeout: 10_000 }).toBe('put');
});

it('looks for others before it takes what a server hands over that was set back to a backup', async () => {
  await shows([]);
  const lease = await new ResourceClient(rest, leases).get({ name: agentLeaseName(node), namespace });
  for (let round = 0; round < 10; round += 1) {
    await wish([{ address: '198.51.100.1', reason: `round ${round}` }]);
    await wish([]);
  }
  await shows([]);
  const port = Number(new URL(server.url).port);
  await server.stop();
  server = await startServer(port, [lease], [handedOver]);
  await expect.poll(() => did[0], { timeout: 20_000 }).toBe('ask');
}, 40_000);

it('makes its object anew for the Node that has its name by now: what another owns would go again and again', async () => {
  const nodes = new ResourceClient(rest, {
    group: '',
    version: 'v1',
    plural: 'nodes',
    kind: 'Node',
    namespaced: false,
  });
  const object = new ResourceClient(rest, egressNodes);
  const owner = async (): Promise<string | undefined> => {
    const { metadata } = await object.get({ name: node });
    return (metadata['ownerReferences'] as readonly { readonly uid: string }[] | undefined)?.[0]?.uid;
  };
  await shows([]);
  for (const round of [1, 2]) {
    if (round === 2) await nodes.delete({ name: node });
    const made = await nodes.create({ metadata: { name: node } });
    await object.delete({ name: node });
    await expect.poll(() => owner().catch(() => ''), { timeout: 10_000 }).toBe(made.metadata.uid);
  }
});

it('begins to acknowledge a roster only when the server takes its renewals, so that peers keep what they hold by it', async () => {
  await shows([]);
  const state = join(folder, 'state.json');
  const acknowledged = async (): Promise<unknown> => {
    const lease = await new ResourceClient(rest, leases).get({ name: agentLeaseName(node), namespace });
    return readAgentLease(lease)?.acknowledged;
  };
  isRefused = true;
  const data = { [rosterKey]: '{"number":7,"generations":[]}' };
  await rest.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    body: { metadata: { name: rosterName }, data },
  });
  await expect.poll(() => readFile(`${state}.roster`, 'utf8'), { timeout: 10_000 }).toContain('"number":7');
  await expect.poll(() => refusals, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ acknowledged: 0 });
  isRefused = false;
  await expect.poll(acknowledged, { timeout: 20_000 }).toBe(7);
}, 40_000);

it.each([
  ['a former life with a longer one', false],
  ['one of which only the Lease is known any more', true],
])('tells a term that covers what %s left in the kernel', async (_, isForgotten) => {
  await shows([]);
  const lease = async () =>
    readAgentLease(await new ResourceClient(rest, leases).get({ name: agentLeaseName(node), namespace }));
  const former = await lease();
  await agent.stop();
  if (isForgotten) await rm(join(folder, 'state.json'));
  await startAgent(3_000);
  // By then two renewals got through, of which the first made the former hold its own.
  let renewals = 0;
  let last = former?.renewTime;
  await expect
    .poll(
      async () => {
        const now = await lease();
        if (now?.renewTime !== last) renewals += 1;
        last = now?.renewTime;
        if (renewals > 0) expect(now?.term).toBeGreaterThan(20_000);
        return renewals;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(1);
  expect((await lease())?.holder).not.toBe(former?.holder);
});

it('says once what fails again and again, and anew when it went well between', async () => {
  await shows([]);
  for (const round of [1, 2]) {
    [isRefused, refusals] = [true, 0];
    await wish([{ address: `198.51.100.${round}`, reason: '' }]);
    await expect.poll(() => refusals, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(warnings.filter((message) => message === 'the status cannot be written')).toHaveLength(round);
    isRefused = false;
    await shows([`198.51.100.${round}`]);
  }
}, 60_000);

/** One interface; nobody answers. */
function kernel(): Kernel {
  const own = { address: '192.0.2.11', family: 4, prefixLength: 24, expires: false, isRefused: false } as const;
  const eth0 = { name: 'eth0', index: 2, isUp: true, isLoopback: false, addresses: [own] };
  return {
    interfaces: () => Promise.resolve([eth0]),
    gateways: () => Promise.resolve([]),
    change: (changes) => {
      if (changes.some((change) => change.type === 'put' && change.address === address)) did.push('put');
      return Promise.resolve('');
    },
    ask: (questions) => {
      if (questions.some((question) => question.address === address)) did.push('ask');
      return Promise.resolve();
    },
    neighbours: () => Promise.resolve([]),
    forget: () => Promise.resolve(),
  };
}

async function startServer(
  port: number,
  objects: readonly KubernetesObject[] = [],
  wishes: readonly object[] = [],
): Promise<ApiServer> {
  const crd = await readFile(new URL('../../crds/redhatcop.redhat.io_egressnodes.yaml', import.meta.url), 'utf8');
  const started = await createApiServer({ port, crds: [crd] });
  const client = createRestClient(staticConnection({ server: started.url }));
  await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
  for (const { metadata, ...object } of objects) {
    const { name, labels = {}, annotations = {} } = metadata;
    await new ResourceClient(client, leases).create({ ...object, metadata: { name, namespace, labels, annotations } });
  }
  if (wishes.length > 0)
    await new ResourceClient(client, egressNodes).create({ metadata: { name: node }, spec: { addresses: wishes } });
  client.close();
  return started;
}

function wish(wishes: readonly object[]): Promise<KubernetesObject> {
  return new ResourceClient(rest, egressNodes).mergePatch({ name: node }, { spec: { addresses: wishes } });
}

/** Waits until the agent has seen to all wishes, of which these addresses are on the node. */
async function shows(addresses: readonly string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const { metadata, status } = await new ResourceClient(rest, egressNodes).get({ name: node });
        const said = (status ?? {}) as { observedGeneration?: number; addresses?: readonly { address: string }[] };
        return said.observedGeneration === metadata.generation && said.addresses?.map((one) => one.address);
      },
      { timeout: 20_000 },
    )
    .toEqual(addresses);
}
