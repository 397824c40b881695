import {
  createFaultProxy,
  seededRandom,
  startSdnMaster,
  type EnvtestToken,
  type FaultProxy,
  type FaultProxyOptions,
  type NetworkCrd,
} from '@egressip-ipam/sandbox';
import type { RunOptions } from '../../../src/run/options.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { OperatorHere } from '../support/operator-here.ts';
import { runLive, spawnOperator, type OperatorProcess } from '../support/operator-process.ts';
import { hostSubnets, netNamespaces } from '../support/resources.ts';
import { startServer, writeKubeconfig, type ServerName, type TestServer } from '../support/start-server.ts';

/** A cluster of OpenShift SDN whose master is at work. */
export class SdnCluster extends ClusterObjects {
  readonly server: TestServer;
  readonly laws: LawObserver;
  readonly #operator: OperatorHere;
  readonly #master: { stop(): Promise<void> };
  readonly #processes: OperatorProcess[] = [];
  readonly #closing: (() => Promise<void>)[] = [];

  private constructor(server: TestServer, laws: LawObserver, master: { stop(): Promise<void> }) {
    super(server.rest);
    this.server = server;
    this.#operator = new OperatorHere(server.kubeconfig);
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

  get logged(): readonly string[] {
    return this.#operator.logged;
  }

  /** Starts the operator in this process. */
  run(options: Partial<RunOptions> = {}): void {
    this.#operator.run(options);
  }

  stopOperator(): Promise<number> {
    return this.#operator.stop();
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
