import { agentLeaseName, egressNodes, readEgressNode, type EgressNode, type Wish } from '@egressip-ipam/agent';
import type { CloudProvider } from '@egressip-ipam/core';
import { createRestClient, leases, ResourceClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import {
  createApiServer,
  createNodeNetwork,
  type ApiServer,
  type Cut,
  type Machine,
  type NodeNetwork,
  type Recorder,
} from '@egressip-ipam/sandbox';
import { execFile, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAgentProvider } from '../../src/create-agent-provider.ts';

const agentPackage = fileURLToPath(new URL('../../../agent', import.meta.url));
export const namespace = 'egressip-ipam-operator';
const apiPort = 6443;

/** A cluster of machines with real agents on real interfaces, an API server that can be cut off, and a router that asks. */
export interface AgentCluster {
  readonly network: NodeNetwork;
  readonly provider: CloudProvider;
  readonly rest: RestClient;
  readonly recorder: Recorder;
  readonly names: readonly string[];
  machine(name: string): Machine;
  startMachine(name: string): Promise<void>;
  startAgent(name: string, ...flags: readonly string[]): ChildProcess;
  agent(name: string): ChildProcess;
  /** What an agent has logged. */
  log(name: string): readonly string[];
  node(name: string): Promise<EgressNode>;
  /** Writes wishes as a person would, past the provider. */
  wish(name: string, wishes: readonly Wish[]): Promise<void>;
  /** The nodes whose kernel has an address now. */
  holders(address: string): Promise<readonly string[]>;
  attach(address: string, node: string): Promise<string>;
  move(address: string, from: string, node: string): Promise<string>;
  /** Has the router ask for addresses ten times a second, from now on. */
  keepAsking(addresses: readonly string[]): void;
  /** Times at which two machines answered the router for one address. */
  doubleAnswers(addresses: readonly string[]): readonly string[];
  setCuts(cuts: readonly Cut[]): Promise<void>;
  /** Stops the API server for everybody, and starts it again. */
  pauseServer(isPaused: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What may be changed for a test. */
export interface AgentClusterOptions {
  readonly names?: readonly string[];
  /** Seconds. */
  readonly term?: number;
  /** Milliseconds within which all agents must be there. */
  readonly startLimit?: number;
}

/** Makes it, with all agents running and counted. */
export async function startAgentCluster({
  names = ['a', 'b', 'c'],
  term = 6,
  startLimit = 50_000,
}: AgentClusterOptions = {}): Promise<AgentCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-cluster-'));
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', '1'), randomBytes(32));
  const server = await startServer();
  const network = await createNodeNetwork();
  await network.addSegment('lan');
  const router = await network.addMachine('router', link(1));
  const api = await network.addMachine('api', link(200));
  await api.forward(apiPort, Number(new URL(server.url).port));
  const recorder = await network.record('lan');
  const rest = createRestClient(staticConnection({ server: server.url }));
  const provider = createAgentProvider({ rest, namespace });
  const machines = new Map<string, Machine>();
  const agents = new Map<string, ChildProcess>();
  const logs = new Map<string, string[]>();
  const nodes = new ResourceClient(rest, egressNodes);
  const routerMac = await router.mac('eth0');
  const signal = new AbortController().signal;
  const addressOf = (name: string): string => `192.0.2.${11 + names.indexOf(name)}`;

  const machine = (name: string): Machine => machines.get(name)!;
  const startAgent = (name: string, ...flags: readonly string[]): ChildProcess => {
    const child = machine(name).spawn(
      process.execPath,
      [
        join(agentPackage, 'src/cli.ts'),
        '--server',
        `http://192.0.2.200:${apiPort}`,
        '--node',
        name,
        '--namespace',
        namespace,
        '--term',
        String(term),
        '--peer-address',
        addressOf(name),
        '--key-folder',
        join(folder, 'keys'),
        '--state-file',
        join(folder, `${name}.json`),
        ...flags,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const lines = logs.get(name) ?? [];
    logs.set(name, lines);
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => void lines.push(...text.split('\n').filter(Boolean)));
    agents.set(name, child);
    return child;
  };
  const startMachine = async (name: string): Promise<void> => {
    rmSync(join(folder, `${name}.json`), { force: true });
    machines.set(name, await network.addMachine(name, link(11 + names.indexOf(name))));
  };
  const apply = async (change: Parameters<CloudProvider['apply']>[0]['changes'][number]): Promise<string> => {
    const [result] = await provider.apply({ changes: [change], signal });
    return result?.outcome === 'failed' ? `${result.error.class}: ${result.error.message}` : 'done';
  };

  for (const name of names) {
    await startMachine(name);
    startAgent(name);
  }
  const cluster: AgentCluster = {
    network,
    provider,
    rest,
    recorder,
    names,
    machine,
    startMachine,
    startAgent,
    agent: (name) => agents.get(name)!,
    log: (name) => logs.get(name) ?? [],
    node: async (name) => readEgressNode(await nodes.get({ name })),
    wish: async (name, wishes) => void (await nodes.mergePatch({ name }, { spec: { addresses: wishes } })),
    holders: async (address) => {
      const held = await Promise.all(
        [...machines].map(async ([name, one]) =>
          (await one.run('ip', ['-o', 'address', 'show']).catch(() => '')).includes(` ${address}/`) ? [name] : [],
        ),
      );
      return held.flat();
    },
    attach: (address, node) => apply({ type: 'attach', address, node: { name: node } }),
    move: (address, from, node) => apply({ type: 'move', address, from: { name: from }, node: { name: node } }),
    keepAsking: (addresses) => {
      // Two runs: of one, ip leaves out the line behind one that fails, and what is not known cannot be forgotten.
      const [forget, look] = [
        ['del', ''],
        ['replace', ' nud none use'],
      ].map(([verb, form]) => addresses.map((address) => `neighbour ${verb} ${address} dev eth0${form}\n`).join(''));
      router.spawn(
        'sh',
        [
          '-c',
          'while :; do for lines in "$1" "$2"; do printf "$lines" | ip -force -batch - 2>/dev/null; done; sleep 0.1; done',
          'ask',
          forget ?? '',
          look ?? '',
        ],
        { stdio: 'ignore' },
      );
    },
    doubleAnswers: (addresses) => addresses.flatMap((address) => doubleAnswers(recorder, address, routerMac)),
    setCuts: (cuts) => network.setCuts(cuts),
    pauseServer: (isPaused) => network.setCuts(isPaused ? names.map((name) => [name, 'api'] as const) : []),
    close: async () => {
      for (const child of agents.values()) child.kill('SIGKILL');
      await provider.close?.();
      rest.close();
      await recorder.stop();
      await network.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await eventually(
    () => `all agents are counted; they said ${JSON.stringify([...logs])}`,
    async () => {
      await provider.observe({ nodes: [], cidrs: [], signal });
      const found = await Promise.all(
        names.map((name) =>
          new ResourceClient(rest, leases).get({ name: agentLeaseName(name), namespace }).catch(() => undefined),
        ),
      );
      const counted = await Promise.all(
        names.map((name) =>
          nodes
            .get({ name })
            .then(readEgressNode)
            .catch(() => undefined),
        ),
      );
      return (
        found.every(
          (lease) =>
            Number(lease?.metadata.annotations?.['egressip-ipam-operator.redhat-cop.io/counted-roster'] ?? 0) > 0,
        ) && counted.every((node) => (node?.status.observedGeneration ?? 0) > 0)
      );
    },
    startLimit,
  );
  return cluster;
}

async function startServer(): Promise<ApiServer> {
  const server = await createApiServer({
    crds: [readFileSync(join(agentPackage, 'crds/redhatcop.redhat.io_egressnodes.yaml'), 'utf8')],
  });
  await fetch(`${server.url}/api/v1/namespaces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: namespace } }),
  });
  return server;
}

function link(host: number) {
  return [{ device: 'eth0', segment: 'lan', addresses: [`192.0.2.${host}/24`, `2001:db8::${host}/64`] }];
}

/** Answers of different machines within a moment of one another: both had the address. */
function doubleAnswers({ neighbourMessages }: Recorder, address: string, asker: string): readonly string[] {
  const answers = neighbourMessages.filter(
    (message) => message.address === address && message.type !== 'question' && message.mac !== asker,
  );
  return answers.flatMap((answer, index) => {
    const next = answers[index + 1];
    return next !== undefined &&
      next.mac !== answer.mac &&
      next.type === 'answer' &&
      answer.type === 'answer' &&
      next.at - answer.at < 20
      ? [`${address}: ${answer.mac} and ${next.mac} within ${(next.at - answer.at).toFixed(1)} ms`]
      : [];
  });
}

/** Why a suite with terms of a few seconds tells nothing here and now, in one line; undefined when it does. */
export async function busyReason(): Promise<string | undefined> {
  let longest = 0;
  for (let round = 0; round < 10; round++) {
    const start = performance.now();
    await new Promise((resolve) => execFile('true', resolve));
    longest = Math.max(longest, performance.now() - start);
  }
  return longest < 250
    ? undefined
    : `this machine is too busy: a program that does nothing took ${Math.round(longest)} ms`;
}

/** Waits until a condition holds. @throws Error with what was waited for after so many milliseconds */
export async function eventually(
  what: string | (() => string),
  condition: () => Promise<boolean>,
  limit = 20_000,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    if (await condition().catch(() => false)) return performance.now() - start;
    if (performance.now() - start > limit)
      throw new Error(`did not come true within ${limit / 1000} s: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
