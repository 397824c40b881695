import { asRecord } from '@egressip-ipam/core/plugin';
import { isNotFound, type KubernetesObject } from '@egressip-ipam/kube';
import {
  AntreaWebhook,
  egressNodesCrd,
  installCrds,
  startAntrea,
  startEgressAgents,
  type Antrea,
  type EgressAgents,
} from '@egressip-ipam/sandbox';
import { expect, vi } from 'vitest';
import type { RunOptions } from '../../../src/run/options.ts';
import { conditionOf } from '../support/carried.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { antrea as observed } from '../support/observed-networks.ts';
import { OperatorHere } from '../support/operator-here.ts';
import { configMaps, egresses, egressNodes, externalIPPools, namespaces } from '../support/resources.ts';
import { bothServers, startServer, type ServerName, type TestServer } from '../support/start-server.ts';

/** Who decides which node has an address. */
export const ways = ['Antrea places', 'this project places'] as const;
export type Way = (typeof ways)[number];
/** Both ways, on each server. */
export const everywhere = ways.flatMap((way) => bothServers.map((server) => ({ way, server })));

/** A machine of the cluster, in a zone. */
export interface AntreaMachine {
  readonly name: string;
  readonly zone: string;
  readonly address: string | readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly providerID?: string;
}

export interface AntreaClusterOptions {
  readonly machines?: readonly AntreaMachine[];
  /** By how many milliseconds Antrea's webhook knows of pools late. Default 20. */
  readonly webhookLag?: number;
}

const threeMachines = ['a', 'b', 'c'].map((name, index) => ({ name, zone: 'z', address: `10.0.0.${index + 1}` }));
const outside = { 4: '198.51.100.1', 6: '2001:db8::1' } as const;

/** A cluster with Antrea, whose controller, agents and webhook are stand-ins, and so are our agents if we place. */
export class AntreaCluster extends ClusterObjects {
  readonly server: TestServer;
  readonly antrea: Antrea;
  /** What their nodes have of us; undefined where Antrea places. */
  readonly agents: EgressAgents | undefined;
  readonly webhook: AntreaWebhook;
  readonly laws: LawObserver;
  readonly operator: OperatorHere;
  /** Each time that an address was in the kernels of two nodes. */
  readonly doubles: readonly string[];

  private constructor(parts: Pick<AntreaCluster, 'server' | 'antrea' | 'agents' | 'webhook' | 'laws' | 'doubles'>) {
    super(parts.server.rest);
    this.server = parts.server;
    this.antrea = parts.antrea;
    this.agents = parts.agents;
    this.webhook = parts.webhook;
    this.laws = parts.laws;
    this.doubles = parts.doubles;
    this.operator = new OperatorHere(parts.server.kubeconfig);
  }

  static async start(
    name: ServerName,
    way: Way,
    { machines = threeMachines, webhookLag = 20 }: AntreaClusterOptions = {},
  ): Promise<AntreaCluster> {
    const webhook = new AntreaWebhook();
    const server = await startServer(name, ['egresses', 'externalippools'], [], served(webhook));
    const { rest } = server;
    const objects = new ClusterObjects(rest);
    await objects
      .client(namespaces)
      .create({ metadata: { name: 'kube-system' } })
      .catch(() => undefined);
    await objects.client(configMaps).create({
      metadata: { name: 'antrea-config', namespace: 'kube-system' },
      data: { 'antrea-agent.conf': 'featureGates:\n  Egress: true\n' },
    });
    for (const { name: node, zone, address, annotations = {}, providerID } of machines) {
      const labels = { 'kubernetes.io/hostname': node };
      await objects.addNode(node, zone, address, { labels, annotations }, providerID ? { providerID } : undefined);
    }
    const doubles: string[] = [];
    const running: StandIns = {};
    if (way === 'this project places') running.agents = await startAgents(objects, machines, doubles, running);
    const { agents } = running;
    const antrea = await startAntrea({
      rest,
      webhook,
      webhookLag,
      ...(agents && { addressesOf: (node) => agents.addressesOf(node) }),
    });
    running.antrea = antrea;
    // The operator looks once whether agents are there.
    if (agents)
      await eventually(async () =>
        expect((await objects.client(egressNodes).list()).items).toHaveLength(machines.length),
      );
    const laws = await observeLaws(rest, observed);
    return new AntreaCluster({ server, antrea, agents, webhook, laws, doubles });
  }

  async stop(): Promise<void> {
    await this.operator.stop();
    await this.laws.stop();
    await this.antrea.stop();
    await this.agents?.stop();
    await this.server.stop();
  }

  run(options: Partial<RunOptions> = {}): void {
    this.operator.run(options);
  }

  /** A pod of its name in a namespace. */
  addPod(namespace: string, node: string): void {
    this.antrea.addPod({ uid: namespace, namespace, node });
  }

  /** How a namespace's pod leaves now: `ADDRESS@NODE`, or in a word how else. */
  leavesBy(namespace: string, family: 4 | 6 = 4): string {
    const traffic = this.antrea.traffic(namespace, outside[family]);
    return traffic.kind === 'egress' ? `${traffic.egressIP}@${traffic.node}` : traffic.kind;
  }

  /** Notes each other way by which a namespace's pod leaves, from now on. */
  watchTraffic(namespace: string, family: 4 | 6 = 4): { readonly seen: readonly string[]; stop(): void } {
    const seen: string[] = [];
    const look = (): void => {
      const now = this.leavesBy(namespace, family);
      if (seen.at(-1) !== now) seen.push(now);
    };
    look();
    const timer = setInterval(look, 1);
    return { seen, stop: () => (look(), clearInterval(timer)) };
  }

  /** Power off, and the API server says so. */
  async powerOff(node: string): Promise<void> {
    this.agents?.powerOff(node);
    this.antrea.powerOff(node);
    await this.setReady(node, false);
  }

  async powerOn(node: string): Promise<void> {
    this.agents?.powerOn(node);
    this.antrea.powerOn(node);
    await this.setReady(node, true);
  }

  async egress(name: string): Promise<KubernetesObject | undefined> {
    return this.client(egresses)
      .get({ name })
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
  }

  /** An Egress that a person makes. */
  addEgress(name: string, spec: object): Promise<KubernetesObject> {
    return this.client(egresses).create({ metadata: { name }, spec });
  }

  async egressNames(): Promise<readonly string[]> {
    return (await this.client(egresses).list()).items.map(({ metadata }) => metadata.name).sort();
  }

  async poolNames(): Promise<readonly string[]> {
    return (await this.client(externalIPPools).list()).items.map(({ metadata }) => metadata.name).sort();
  }

  /** Of an EgressIPAM: `Ready` and its reason, and how many of its claims are served and carried. */
  async summary(egressIPAM = 'pool'): Promise<readonly unknown[]> {
    const status = await this.statusOf(egressIPAM);
    const { served, carried } = asRecord(status['summary']);
    return [conditionOf(status, 'Ready'), served, carried];
  }

  /** Lines of the log with a message. */
  told(message: string): readonly string[] {
    return this.operator.logged.filter((line) => line.includes(message));
  }
}

/** Why what is tried of pools has nothing to try. */
export const noPools = 'there are pools only where Antrea places';

/** Waits until something holds. */
export function eventually(check: () => unknown, timeout = 30_000): Promise<void> {
  return vi.waitFor(async () => void (await check()), { timeout, interval: 50 });
}

/** What an Egress of a whole namespace applies to. */
export const podsOf = (namespace: string): object => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
});

function served({ admission }: AntreaWebhook) {
  const kinds = { egresses: 'egressvalidator.antrea.io', externalippools: 'externalippoolvalidator.antrea.io' };
  return Object.entries(kinds).map(([resource, name]) => ({
    name,
    group: 'crd.antrea.io',
    version: 'v1beta1',
    resource,
    admission,
  }));
}

/** What is there already while the rest is being started. */
interface StandIns {
  agents?: EgressAgents;
  antrea?: Antrea;
}

async function startAgents(
  { rest }: ClusterObjects,
  machines: readonly AntreaMachine[],
  doubles: string[],
  running: StandIns,
): Promise<EgressAgents> {
  await installCrds(rest, [egressNodesCrd]);
  const subnets = new Map(machines.map(({ name, address }) => [name, [address].flat().map(subnetOf)]));
  const held = (node: string): ReadonlySet<string> => running.agents?.addressesOf(node) ?? new Set();
  return startEgressAgents({
    rest,
    namespace: 'default',
    subnetsOf: (node) => subnets.get(node) ?? [],
    onChange: (node) => {
      for (const address of held(node)) {
        const holders = machines.filter(({ name }) => held(name).has(address)).map(({ name }) => name);
        if (holders.length > 1) doubles.push(`${address}: ${holders.join()}`);
      }
      running.antrea?.addressesChanged();
    },
  });
}

function subnetOf(address: string): string {
  return address.includes(':') ? `${address}/64` : `${address}/16`;
}
