import { createRestClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import {
  createApiServer,
  createNodeNetwork,
  type ApiServer,
  type ApiServerOptions,
  type Link,
  type Machine,
  type NodeNetwork,
  type Recorder,
} from '@egressip-ipam/sandbox';
import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildAgentCommand, type AgentCommand } from './agent-command.ts';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
export const namespace = 'egressip-ipam-operator';
const apiPort = 6443;

/**
 * Machines with real agents on real interfaces, an API server that they reach over the wire, and a router that asks for
 * addresses.
 */
export interface AgentMachines {
  readonly network: NodeNetwork;
  readonly server: ApiServer;
  readonly rest: RestClient;
  readonly recorder: Recorder;
  readonly router: Machine;
  readonly names: readonly string[];
  /** What starts an agent, before its flags. */
  readonly agentCommand: AgentCommand;
  machine(name: string): Machine;
  /** The machine's own address. */
  addressOf(name: string): string;
  startMachine(name: string): Promise<void>;
  startAgent(name: string, ...flags: readonly string[]): ChildProcess;
  /** What an agent has kept for its next life is lost. */
  forget(name: string): void;
  agent(name: string): ChildProcess;
  /** What an agent has logged. */
  log(name: string): readonly string[];
  /** The addresses that the kernel of a machine has, as it told last, within milliseconds. */
  kernelOf(name: string): ReadonlySet<string>;
  /** The machines whose kernel has an address, asked now. */
  holders(address: string): Promise<readonly string[]>;
  /** Has the router ask for addresses, from now on, ten times a second or so often as said. */
  keepAsking(addresses: readonly string[], seconds?: number): void;
  /** Times at which two machines answered the router for one address. */
  doubleAnswers(addresses: readonly string[]): readonly string[];
  close(): Promise<void>;
}

/** What may be changed for a test. */
export interface AgentMachinesOptions {
  readonly names?: readonly string[];
  /** Seconds. */
  readonly term?: number;
  /** Whether agents run from the start; by default they do. */
  readonly startsAgents?: boolean;
  readonly server?: ApiServerOptions;
  /** Another API server that agents and the test talk to, in the place of the sandbox's: where it is, as whom. */
  readonly instead?: { readonly url: string; readonly token: string; readonly rest: RestClient };
  /** The URL by which agents reach the API server, where that is not its own. */
  readonly urlFor?: (server: ApiServer) => string | Promise<string>;
  /** Segments beside the one that all are on. */
  readonly segments?: readonly string[];
  /** Devices beside the one there. */
  readonly linksOf?: (name: string) => readonly Link[];
  /** The URL of a module that an agent loads before anything else. */
  readonly preloadOf?: (name: string) => string;
  /** What a machine needs beside its addresses. */
  readonly prepare?: (machine: Machine) => Promise<void>;
}

/** Makes them, with all agents started. */
export async function startAgentMachines({
  names = ['a', 'b', 'c'],
  term = 6,
  startsAgents = true,
  server: serverOptions = {},
  instead,
  urlFor = ({ url }) => instead?.url ?? url,
  segments = [],
  linksOf = () => [],
  preloadOf,
  prepare = () => Promise.resolve(),
}: AgentMachinesOptions = {}): Promise<AgentMachines> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-machines-'));
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', '1'), randomBytes(32));
  const agentCommand = await buildAgentCommand(join(folder, 'bundle'));
  const server = await startServer(serverOptions);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfig(instead?.token).replace(server.url, `http://192.0.2.200:${apiPort}`));
  const network = await createNodeNetwork();
  for (const segment of ['lan', ...segments]) await network.addSegment(segment);
  const router = await network.addMachine('router', link(1));
  const api = await network.addMachine('api', link(200));
  await api.forward(apiPort, Number(new URL(await urlFor(server)).port));
  const recorder = await network.record('lan');
  const rest = instead?.rest ?? createRestClient(staticConnection({ server: server.url }));
  const machines = new Map<string, Machine>();
  const agents = new Map<string, ChildProcess>();
  const logs = new Map<string, string[]>();
  const kernels = new Map<string, Set<string>>();
  const routerMac = await router.mac('eth0');
  const addressOf = (name: string): string => `192.0.2.${11 + names.indexOf(name)}`;
  const machine = (name: string): Machine => machines.get(name)!;

  const forget = (name: string): void =>
    ['', '.roster'].forEach((rest) => rmSync(join(folder, `${name}.json${rest}`), { force: true }));
  const startMachine = async (name: string): Promise<void> => {
    forget(name);
    const started = await network.addMachine(name, [...link(11 + names.indexOf(name)), ...linksOf(name)]);
    machines.set(name, started);
    await prepare(started);
    const addresses = new Set<string>();
    kernels.set(name, addresses);
    await followKernel(started, addresses);
  };
  const startAgent = (name: string, ...flags: readonly string[]): ChildProcess => {
    const settings = {
      kubeconfig,
      node: name,
      namespace,
      term: String(term),
      'peer-address': addressOf(name),
      'key-folder': join(folder, 'keys'),
      'state-file': join(folder, `${name}.json`),
      'log-format': 'json',
    };
    const [program = '', ...words] = agentCommand.words;
    const preload = preloadOf === undefined ? '' : ` --import=${preloadOf(name)}`;
    const options = { NODE_OPTIONS: `${agentCommand.environment.NODE_OPTIONS}${preload}` };
    const child = machine(name).spawn(
      program,
      [...words, ...Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]), ...flags],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...options } },
    );
    const lines = logs.get(name) ?? [];
    logs.set(name, lines);
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => void lines.push(...text.split('\n').filter(Boolean)));
    agents.set(name, child);
    return child;
  };

  for (const name of names) {
    await startMachine(name);
    if (startsAgents) startAgent(name);
  }
  return {
    network,
    server,
    rest,
    recorder,
    router,
    names,
    agentCommand,
    machine,
    addressOf,
    startMachine,
    startAgent,
    forget,
    agent: (name) => agents.get(name)!,
    log: (name) => logs.get(name) ?? [],
    kernelOf: (name) => kernels.get(name) ?? new Set(),
    holders: async (address) => {
      const held = await Promise.all(
        [...machines].map(async ([name, one]) =>
          (await one.run('ip', ['-o', 'address', 'show']).catch(() => '')).includes(` ${address}/`) ? [name] : [],
        ),
      );
      return held.flat();
    },
    keepAsking: (addresses, seconds = 0.1) => keepAsking(router, addresses, seconds),
    doubleAnswers: (addresses) => addresses.flatMap((address) => doubleAnswers(recorder, address, routerMac)),
    close: async () => {
      for (const child of agents.values()) child.kill('SIGKILL');
      rest.close();
      await recorder.stop();
      await network.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startServer({ crds = [], ...options }: ApiServerOptions): Promise<ApiServer> {
  const egressNodes = readFileSync(join(packages, 'agent/crds/redhatcop.redhat.io_egressnodes.yaml'), 'utf8');
  const server = await createApiServer({ ...options, crds: [egressNodes, ...crds] });
  await fetch(`${server.url}/api/v1/namespaces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: namespace } }),
  });
  return server;
}

function link(host: number): readonly Link[] {
  return [{ device: 'eth0', segment: 'lan', addresses: [`192.0.2.${host}/24`, `2001:db8::${host}/64`] }];
}

/** Keeps a set of what a machine's kernel has; resolves when what was there before is in it. */
async function followKernel(machine: Machine, addresses: Set<string>): Promise<void> {
  const monitor = machine.spawn('ip', ['-o', 'monitor', 'address'], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (monitor.stdout === null) throw new Error('ip monitor has no output');
  const note = (line: string): void => {
    const [, deleted, address = ''] = /^(Deleted )?\d+: \S+ +inet6? ([^/ ]+)\//.exec(line) ?? [];
    if (deleted === undefined) addresses.add(address);
    else addresses.delete(address);
  };
  const lines = createInterface({ input: monitor.stdout }).on('line', note);
  // The monitor listens when it tells of an address that comes and goes.
  const probe = '127.0.0.99/32';
  const heard = once(lines, 'line');
  const knock = setInterval(() => {
    void machine.run('ip', ['-force', '-batch', '-'], `addr add ${probe} dev lo\naddr del ${probe} dev lo\n`);
  }, 200);
  await heard.finally(() => clearInterval(knock));
  for (const line of (await machine.run('ip', ['-o', 'address', 'show'])).split('\n')) note(line);
}

function keepAsking(router: Machine, addresses: readonly string[], seconds: number): void {
  // Two runs: of one, ip leaves out the line behind one that fails, and what is not known cannot be forgotten.
  const [forget, look] = [
    ['del', ''],
    ['replace', ' nud none use'],
  ].map(([verb, form]) => addresses.map((address) => `neighbour ${verb} ${address} dev eth0${form}\n`).join(''));
  router.spawn(
    'sh',
    [
      '-c',
      'while :; do for lines in "$1" "$2"; do printf "$lines" | ip -force -batch - 2>/dev/null; done; sleep "$3"; done',
      'ask',
      forget ?? '',
      look ?? '',
      String(seconds),
    ],
    { stdio: 'ignore' },
  );
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

/** Looks again and again for so many milliseconds. */
export async function during(milliseconds: number, check: () => Promise<void>): Promise<void> {
  for (
    const end = performance.now() + milliseconds;
    performance.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 250))
  )
    await check();
}

/** Waits until a condition holds. @throws Error with what was waited for after so many milliseconds */
export async function eventually(
  what: string | (() => string),
  condition: () => Promise<boolean> | boolean,
  limit = 20_000,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    if (
      await Promise.resolve()
        .then(condition)
        .catch(() => false)
    )
      return performance.now() - start;
    if (performance.now() - start > limit)
      throw new Error(`did not come true within ${limit / 1000} s: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
