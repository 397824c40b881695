import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  ResourceClient,
  type KubernetesObject,
  type RestClient,
} from '@egressip-ipam/kube';
import { ClusterLoop, type StandIn } from '../stand-in/cluster-loop.ts';
import { internalAddresses } from '../stand-in/node.ts';
import { egressNodes, leases, nodes } from '../stand-in/resources.ts';

/** How to run the stand-in of the agents on egress nodes. */
export interface EgressAgentsOptions {
  readonly rest: RestClient;
  /** The operator's namespace, where their Leases are. */
  readonly namespace: string;
  /** Seconds for which a renewal lets an agent hold its addresses. Default 3, the least. */
  readonly term?: number;
  /** The subnets of a node's interface. By default the /24 or /64 of each of its InternalIPs. */
  readonly subnetsOf?: (node: string) => readonly string[];
  /** What an agent holds now is another. */
  readonly onChange?: (node: string) => void;
  readonly onError?: (error: unknown) => void;
}

/** The running stand-in: an agent per Node, whose kernel is a set of addresses. */
export interface EgressAgents extends StandIn {
  /** What the node's kernel answers for now: its own addresses, and those that its agent holds. */
  addressesOf(node: string): ReadonlySet<string>;
  /** The node answers for nothing and renews nothing; what it held is gone when it comes back. */
  powerOff(node: string): void;
  powerOn(node: string): void;
}

type Kind = 'nodes' | 'wishes';

const leaseLabel = 'egressip-ipam-operator.redhat-cop.io/agent';

/** Starts the stand-in; resolves when it has seen the cluster. Needs the CRD of EgressNode, and the namespace. */
export async function startEgressAgents(options: EgressAgentsOptions): Promise<EgressAgents> {
  const agents = new Agents(options);
  const loop: ClusterLoop<Kind> = new ClusterLoop<Kind>({
    rest: options.rest,
    resources: { nodes, wishes: egressNodes },
    delay: 0,
    pass: (running) => agents.pass(running),
    ...(options.onError && { onError: options.onError }),
  });
  await loop.start();
  const renewals = setInterval(
    () => void agents.renewAll().then((isChanged) => isChanged && loop.trigger()),
    ((options.term ?? 3) * 1000) / 3,
  );
  return {
    addressesOf: (node) => agents.addressesOf(node),
    powerOff: (node) => agents.powerOff(node),
    powerOn: (node) => (agents.powerOn(node), loop.trigger()),
    async stop() {
      clearInterval(renewals);
      await loop.stop();
    },
  };
}

class Agents {
  readonly #options: EgressAgentsOptions;
  readonly #wishes: ResourceClient;
  readonly #leases: ResourceClient;
  readonly #own = new Map<string, readonly string[]>();
  readonly #held = new Map<string, Set<string>>();
  /** Agents whose Lease is theirs. */
  readonly #running = new Set<string>();
  readonly #off = new Set<string>();
  #renewals = 0;

  constructor(options: EgressAgentsOptions) {
    this.#options = options;
    this.#wishes = new ResourceClient(options.rest, egressNodes);
    this.#leases = new ResourceClient(options.rest, leases);
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    for (const node of loop.list('nodes')) this.#own.set(node.metadata.name, internalAddresses(node));
    const wishes = new Map(loop.list('wishes').map((object) => [object.metadata.name, object]));
    await Promise.all(
      loop.list('nodes').map(async ({ metadata: { name } }) => {
        if (this.#off.has(name)) return;
        if (!this.#running.has(name)) await this.#renew(name);
        const object = wishes.get(name) ?? (await this.#create(name));
        if (this.#running.has(name) && object !== undefined) await this.#follow(object);
      }),
    );
  }

  /** Renews every Lease; true when one was found taken away, so that its agent begins anew. */
  async renewAll(): Promise<boolean> {
    const renewed = await Promise.all([...this.#running].map((node) => this.#renew(node).catch(() => true)));
    return renewed.includes(false);
  }

  addressesOf(node: string): ReadonlySet<string> {
    return this.#off.has(node) ? new Set() : new Set([...(this.#own.get(node) ?? []), ...(this.#held.get(node) ?? [])]);
  }

  powerOff(node: string): void {
    this.#off.add(node);
    this.#running.delete(node);
    this.#held.delete(node);
  }

  powerOn(node: string): void {
    this.#off.delete(node);
  }

  async #create(name: string): Promise<KubernetesObject | undefined> {
    return this.#wishes.create({ metadata: { name }, spec: { addresses: [] } }).catch((error: unknown) => {
      if (isAlreadyExists(error)) return undefined;
      throw error;
    });
  }

  /** Takes what is wished for and lets go of the rest, then says so. */
  async #follow({ metadata: { name, generation = 1 }, spec, status }: KubernetesObject): Promise<void> {
    const wanted = addressesIn(spec);
    const isNews = this.#hold(name, wanted);
    if (!isNews && generationIn(status) === generation) return;
    const since = new Date(this.#options.rest.clock.now()).toISOString();
    const addresses = wanted.map((address) => ({ address, state: 'Held', interface: 'eth0', since }));
    const report = {
      observedGeneration: generation,
      addresses,
      interfaces: [{ name: 'eth0', subnets: this.#subnetsOf(name), addresses: this.#own.get(name) ?? [] }],
    };
    await this.#wishes.mergePatch({ name }, { status: report }, { subresource: 'status' });
  }

  #hold(name: string, wanted: readonly string[]): boolean {
    const before = this.#held.get(name);
    if (before !== undefined && before.size === wanted.length && wanted.every((address) => before.has(address)))
      return false;
    this.#held.set(name, new Set(wanted));
    this.#options.onChange?.(name);
    return true;
  }

  #subnetsOf(name: string): readonly string[] {
    const { subnetsOf } = this.#options;
    return subnetsOf?.(name) ?? (this.#own.get(name) ?? []).map(subnetOf);
  }

  /** Renews a node's Lease, or makes it; false when it was taken away: then everything is let go first. */
  async #renew(node: string): Promise<boolean> {
    if (this.#off.has(node)) return true;
    const name = { name: `egressip-ipam-agent-${node}`, namespace: this.#options.namespace };
    try {
      const found = await this.#leases.get(name).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      const isMine = found === undefined || holderOf(found) === node;
      if (!isMine && this.#running.delete(node)) {
        this.#held.delete(node);
        return false;
      }
      await this.#write(name, found, node);
      this.#running.add(node);
      return true;
    } catch (error) {
      // Taken away between looking and writing: the next renewal sees it.
      if (isConflict(error) || isAlreadyExists(error)) return true;
      throw error;
    }
  }

  async #write(
    name: { readonly name: string; readonly namespace: string },
    found: KubernetesObject | undefined,
    node: string,
  ): Promise<void> {
    const time = new Date(this.#options.rest.clock.now() + (this.#renewals += 1)).toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: node, leaseDurationSeconds: this.#options.term ?? 3, renewTime: time };
    const lease = {
      ...found,
      metadata: { ...found?.metadata, ...name, labels: { ...found?.metadata.labels, [leaseLabel]: 'true' } },
      spec,
    };
    await (found === undefined ? this.#leases.create(lease) : this.#leases.replace(lease));
  }
}

function addressesIn(spec: unknown): readonly string[] {
  const { addresses } = (spec ?? {}) as { readonly addresses?: readonly { readonly address: string }[] };
  return (addresses ?? []).map(({ address }) => address);
}

function generationIn(status: unknown): number | undefined {
  return (status as { readonly observedGeneration?: number } | undefined)?.observedGeneration;
}

function holderOf({ spec }: KubernetesObject): string | undefined {
  return (spec as { readonly holderIdentity?: string } | undefined)?.holderIdentity;
}

function subnetOf(address: string): string {
  return address.includes(':') ? `${address}/64` : `${address}/24`;
}
