import { ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import {
  createFaultProxy,
  seededRandom,
  startSdnMaster,
  type EnvtestToken,
  type FaultProxy,
  type FaultProxyOptions,
  type NetworkCrd,
} from '@egressip-ipam/sandbox';
import { egressIPAMs, hostSubnets, namespaces, netNamespaces, nodes } from '../support/resources.ts';
import { toldLog } from '../support/told-log.ts';
import type { RunOptions } from '../../../src/run/options.ts';
import { runOperator } from '../../../src/run/run-operator.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { removeNamespace } from '../support/remove-namespace.ts';
import { runLive, spawnOperator, type OperatorProcess } from '../support/operator-process.ts';
import { startServer, writeKubeconfig, type ServerName, type TestServer } from '../support/start-server.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';

/** A cluster of OpenShift SDN whose master is at work. */
export class SdnCluster {
  readonly server: TestServer;
  readonly rest: RestClient;
  readonly laws: LawObserver;
  readonly logged: string[] = [];
  readonly #master: { stop(): Promise<void> };
  readonly #processes: OperatorProcess[] = [];
  readonly #closing: (() => Promise<void>)[] = [];
  #abort = new AbortController();
  #ended: Promise<number> = Promise.resolve(0);

  private constructor(server: TestServer, laws: LawObserver, master: { stop(): Promise<void> }) {
    this.server = server;
    this.rest = server.rest;
    this.laws = laws;
    this.#master = master;
  }

  static async start(
    name: ServerName,
    crds: readonly NetworkCrd[] = [],
    moreTokens: readonly EnvtestToken[] = [],
  ): Promise<SdnCluster> {
    const server = await startServer(name, ['hostsubnets', 'netnamespaces', ...crds], moreTokens);
    return new SdnCluster(server, await observeLaws(server.rest), await startSdnMaster({ rest: server.rest }));
  }

  async stop(): Promise<void> {
    await this.stopOperator();
    for (const { child, ended } of this.#processes) {
      child.kill('SIGKILL');
      await ended;
    }
    await this.laws.stop();
    await this.#master.stop();
    for (const close of this.#closing) await close();
    await this.server.stop();
  }

  /** Starts the operator in this process. */
  run(options: Partial<RunOptions> = {}): void {
    this.#abort = new AbortController();
    const log = toldLog(this.logged, options.logFormat);
    this.#ended = runOperator(
      {
        kubeconfig: this.server.kubeconfig,
        leaderElect: false,
        leaseDuration: 15,
        renewDeadline: 10,
        retryPeriod: 2,
        namespace: 'default',
        metricsBindAddress: '0',
        healthProbeBindAddress: '0',
        logLevel: 'info',
        logFormat: 'text',
        ...options,
      },
      log,
      this.#abort.signal,
    );
  }

  stopOperator(): Promise<number> {
    this.#abort.abort();
    return this.#ended;
  }

  /** A proxy in front of the server, and a kubeconfig of user `operator` that leads through it. */
  async addProxy(
    more: Pick<FaultProxyOptions, 'onRequest'> = {},
  ): Promise<{ readonly proxy: FaultProxy; readonly kubeconfig: string }> {
    const proxy = await createFaultProxy({ target: this.server.target, random: seededRandom(4), ...more });
    this.#closing.push(() => proxy.close());
    return { proxy, kubeconfig: await writeKubeconfig(proxy.url, 'operator') };
  }

  /** Starts the operator in a process of its own. */
  spawn(kubeconfig = this.server.kubeconfig, ...flags: string[]): OperatorProcess {
    const operator = spawnOperator(kubeconfig, ...flags);
    this.#processes.push(operator);
    return operator;
  }

  client(resource: Resource): ResourceClient {
    return new ResourceClient(this.rest, resource);
  }

  async addNode(name: string, zone: string, address: string): Promise<void> {
    await this.client(nodes).create({ metadata: { name, labels: { zone } } });
    await this.client(nodes).mergePatch(
      { name },
      { status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] } },
      { subresource: 'status' },
    );
  }

  setReady(name: string, ready: boolean): Promise<KubernetesObject> {
    return this.client(nodes).mergePatch(
      { name },
      { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } },
      { subresource: 'status' },
    );
  }

  addPool(name: string, cidrAssignments: readonly object[], more: object = {}): Promise<KubernetesObject> {
    return this.client(egressIPAMs).create({
      metadata: { name },
      spec: { topologyLabel: 'zone', cidrAssignments, ...more },
    });
  }

  addNamespace(
    name: string,
    annotations: Readonly<Record<string, string>> = { egressipam: 'pool' },
  ): Promise<KubernetesObject> {
    return this.client(namespaces).create({
      metadata: {
        name,
        annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value])),
      },
    });
  }

  annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<KubernetesObject> {
    return this.client(namespaces).mergePatch(
      { name },
      {
        metadata: {
          annotations: Object.fromEntries(
            Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value]),
          ),
        },
      },
    );
  }

  /** Deletes a namespace, and does what the namespace controller does. */
  removeNamespace(name: string): Promise<void> {
    return removeNamespace(this.rest, name);
  }

  async annotation(name: string): Promise<string | undefined> {
    return (await this.client(namespaces).get({ name })).metadata.annotations?.[`${prefix}/egressips`];
  }

  async boundTo(name: string): Promise<readonly string[]> {
    return texts(
      (await this.client(netNamespaces).list()).items.find(({ metadata }) => metadata.name === name)?.['egressIPs'],
    );
  }

  /** What NetNamespaces have, in the order of their names here. */
  async bindings(names: readonly string[]): Promise<readonly (readonly string[])[]> {
    const byName = new Map(
      (await this.client(netNamespaces).list()).items.map((item) => [item.metadata.name, texts(item['egressIPs'])]),
    );
    return names.map((name) => byName.get(name) ?? []);
  }

  async statusOf(egressIPAM: string): Promise<Readonly<Record<string, unknown>>> {
    return ((await this.client(egressIPAMs).get({ name: egressIPAM }))['status'] ?? {}) as Readonly<
      Record<string, unknown>
    >;
  }

  /** Runs a command on the live cluster. */
  command(name: string, ...flags: string[]): Promise<{ readonly code: number | string; readonly text: string }> {
    return runLive(this.server.kubeconfig, name, ...flags);
  }

  /** By node: what its HostSubnet hosts. */
  async hosted(): Promise<Readonly<Record<string, readonly string[]>>> {
    return Object.fromEntries(
      (await this.client(hostSubnets).list()).items.map((item) => [item.metadata.name, texts(item['egressIPs'])]),
    );
  }

  async nodeOf(address: string): Promise<string | undefined> {
    return Object.entries(await this.hosted()).find(([, addresses]) => addresses.includes(address))?.[0];
  }

  /** `NAME: MESSAGE` of Events with a reason. */
  async events(reason: string): Promise<readonly string[]> {
    const { items } = await this.client({
      group: '',
      version: 'v1',
      plural: 'events',
      kind: 'Event',
      namespaced: true,
    }).list();
    return items
      .filter((event) => event['reason'] === reason)
      .map(
        (event) =>
          `${(event as unknown as { involvedObject: { name: string } }).involvedObject.name}: ${String(event['message'])}`,
      );
  }

  /** Writes of the operator, Events left out, during some work and a while after it. */
  async writesDuring(work: () => Promise<unknown>, quiet = 3_000): Promise<readonly string[]> {
    const before = (await this.server.writes()).length;
    await work();
    await new Promise((resolve) => setTimeout(resolve, quiet));
    return (await this.server.writes())
      .slice(before)
      .filter(({ resource }) => resource !== 'events' && resource !== 'leases')
      .map(({ resource, name, subresource }) => `${resource}/${name}${subresource === '' ? '' : `/${subresource}`}`);
  }
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
