import { setTimeout as wait } from 'node:timers/promises';
import { isConflict, isNotFound, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { addressOfConfigName } from '../ovn-kubernetes/cloud-private-ip-config.ts';
import { ClusterLoop, type StandIn } from '../stand-in/cluster-loop.ts';
import { cloudPrivateIpConfigs, nodes } from '../stand-in/resources.ts';
import { Retries } from './retries.ts';

const finalizer = 'cloudprivateipconfig.cloud.network.openshift.io/finalizer';
const annotation = 'cloud.network.openshift.io/egress-ipconfig';

/** What the cloud knows of a node's interface: the one element of its `egress-ipconfig` annotation. */
export interface CloudInterface {
  readonly interface: string;
  /** CIDRs of the subnet. */
  readonly ifaddr: { readonly ipv4?: string; readonly ipv6?: string };
  /** Addresses beside those of the node itself; `ip` counts both families. What is left out is unlimited. */
  readonly capacity: { readonly ip?: number; readonly ipv4?: number; readonly ipv6?: number };
}

/** How to run the stand-in of the cloud network config controller. */
export interface CloudNetworkConfigOptions {
  readonly rest: RestClient;
  /** The interface of a node; undefined when the cloud does not know it. */
  readonly interfaceOf: (node: KubernetesObject) => CloudInterface | undefined;
  /**
   * Why the cloud refuses to put an address (canonical) on a node; undefined when it does not. Asked at each attempt.
   */
  readonly refuse?: (address: string, node: string) => string | undefined;
  /** Milliseconds that a call of the cloud takes. Default 0. */
  readonly cloudDelay?: number;
  /** Told of each cloud call, as `assign-ADDRESS-NODE` or `release-ADDRESS-NODE`. */
  readonly onCall?: (call: string) => void;
  readonly onError?: (error: unknown) => void;
}

type Kind = 'nodes' | 'configs';

const pauseMilliseconds = 20;

type Config = KubernetesObject & {
  readonly spec?: { readonly node?: string };
  readonly status?: { readonly node?: string; readonly conditions?: readonly { readonly status: string }[] };
};

/** Starts the stand-in: annotations of nodes, and the life cycle of CloudPrivateIPConfigs. */
export async function startCloudNetworkConfigController(options: CloudNetworkConfigOptions): Promise<StandIn> {
  const controller = new CloudNetworkConfigController(options);
  const loop = new ClusterLoop<Kind>({
    rest: options.rest,
    resources: { nodes, configs: cloudPrivateIpConfigs },
    pass: (running) => controller.pass(running),
    ...(options.onError && { onError: options.onError }),
  });
  await loop.start();
  return { stop: () => controller.stop(loop) };
}

class CloudNetworkConfigController {
  readonly #options: CloudNetworkConfigOptions;
  // One sequence of cloud calls at a time for each address, none waiting for another's.
  readonly #busy = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  /** Which node's interface holds an address: the cloud's own memory. */
  #attached: Map<string, string> | undefined;
  readonly #retries = new Retries();

  constructor(options: CloudNetworkConfigOptions) {
    this.#options = options;
  }

  async pass(loop: ClusterLoop<Kind>): Promise<void> {
    const configs = loop.list('configs').map((object): Config => object);
    this.#attached ??= new Map(
      configs.filter(isAssigned).map((config) => [config.metadata.name, config.status?.node ?? '']),
    );
    for (const node of loop.list('nodes')) await this.#annotate(loop, node);
    for (const config of configs) {
      const { name } = config.metadata;
      if (this.#busy.has(name) || isAtRest(config) || !this.#retries.isDue(name, askedFor(config))) continue;
      const work = this.#sync(loop, config)
        .catch((error: unknown) => {
          if (!this.#stop.signal.aborted && !isNotFound(error) && !isConflict(error)) this.#options.onError?.(error);
        })
        .then(() => {
          this.#busy.delete(name);
          loop.trigger(pauseMilliseconds);
        });
      this.#busy.set(name, work);
    }
  }

  async stop(loop: StandIn): Promise<void> {
    this.#stop.abort();
    await loop.stop();
    await Promise.all(this.#busy.values());
  }

  async #annotate(loop: ClusterLoop<Kind>, node: KubernetesObject): Promise<void> {
    const cloudInterface = this.#options.interfaceOf(node);
    const value = cloudInterface && JSON.stringify([cloudInterface]);
    if (value === undefined || node.metadata.annotations?.[annotation] === value) return;
    const { name } = node.metadata;
    await loop
      .written(
        'nodes',
        loop.client('nodes').mergePatch({ name }, { metadata: { annotations: { [annotation]: value } } }),
      )
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
  }

  /** Brings one CloudPrivateIPConfig a way on; what is left is done in the next pass. */
  async #sync(loop: ClusterLoop<Kind>, config: Config): Promise<void> {
    const { name, finalizers = [], deletionTimestamp } = config.metadata;
    const held = config.status?.node ?? '';
    if (held !== '' && (deletionTimestamp !== undefined || held !== config.spec?.node)) {
      await this.#writeStatus(loop, config, held, 'Unknown', 'CloudResponsePending', 'Deleting IP address');
      await this.#release(loop, name, held);
      if (deletionTimestamp === undefined)
        return this.#writeStatus(loop, config, '', 'True', 'CloudResponseSuccess', 'IP address successfully deleted');
    }
    if (deletionTimestamp === undefined) return this.#add(loop, config, config.spec?.node ?? '');
    this.#retries.succeed(name);
    await this.#write(loop, config, { metadata: { finalizers: finalizers.filter((other) => other !== finalizer) } });
  }

  async #add(loop: ClusterLoop<Kind>, config: Config, node: string): Promise<void> {
    const { name, finalizers = [] } = config.metadata;
    await this.#writeStatus(loop, config, node, 'Unknown', 'CloudResponsePending', 'Adding IP address');
    if (!finalizers.includes(finalizer))
      await this.#write(loop, config, { metadata: { finalizers: [...finalizers, finalizer] } });
    if (nodeOf(loop, node) === undefined) {
      this.#retries.giveUp(name, askedFor(config));
      return this.#writeStatus(loop, config, node, 'False', 'CloudResponseError', `Node "${node}" does not exist`);
    }
    const refusal = await this.#assign(loop, name, node);
    if (refusal === undefined) {
      this.#retries.succeed(name);
      return this.#writeStatus(loop, config, node, 'True', 'CloudResponseSuccess', 'IP address successfully added');
    }
    const pause = this.#retries.fail(name, askedFor(config));
    if (pause !== undefined) setTimeout(() => loop.trigger(), pause + 1).unref();
    await this.#writeStatus(
      loop,
      config,
      node,
      'False',
      'CloudResponseError',
      `Error processing cloud assignment request, err: ${refusal}`,
    );
  }

  async #assign(loop: ClusterLoop<Kind>, name: string, nodeName: string): Promise<string | undefined> {
    await this.#call(`assign-${name}-${nodeName}`);
    const refusal = this.#options.refuse?.(addressOfConfigName(name) ?? name, nodeName);
    if (refusal !== undefined) return refusal;
    const node = nodeOf(loop, nodeName);
    if (!this.#hasRoom(node && this.#options.interfaceOf(node)?.capacity, name, nodeName))
      return `the interface of ${nodeName} holds no more addresses`;
    this.#attached?.set(name, nodeName);
    return undefined;
  }

  async #release(loop: ClusterLoop<Kind>, name: string, node: string): Promise<void> {
    // With its node an interface is gone, too.
    if (nodeOf(loop, node) !== undefined) await this.#call(`release-${name}-${node}`);
    this.#attached?.delete(name);
  }

  async #call(call: string): Promise<void> {
    this.#options.onCall?.(call);
    await wait(this.#options.cloudDelay ?? 0, undefined, { signal: this.#stop.signal });
  }

  // Names of IPv6 addresses have eight groups, those of IPv4 four.
  #hasRoom(capacity: CloudInterface['capacity'] = {}, name: string, node: string): boolean {
    const isVersion6 = (other: string): boolean => other.split('.').length === 8;
    const others = [...(this.#attached ?? [])]
      .filter(([other, at]) => at === node && other !== name)
      .map(([other]) => other);
    if (capacity.ip !== undefined) return others.length < capacity.ip;
    const limit = isVersion6(name) ? capacity.ipv6 : capacity.ipv4;
    return limit === undefined || others.filter((other) => isVersion6(other) === isVersion6(name)).length < limit;
  }

  async #writeStatus(
    loop: ClusterLoop<Kind>,
    { metadata: { name, generation } }: Config,
    node: string,
    status: string,
    reason: string,
    message: string,
  ): Promise<void> {
    const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const body = {
      status: {
        node,
        conditions: [{ type: 'Assigned', status, reason, message, lastTransitionTime, observedGeneration: generation }],
      },
    };
    await loop.written('configs', loop.client('configs').mergePatch({ name }, body, { subresource: 'status' }));
  }

  async #write(
    loop: ClusterLoop<Kind>,
    { metadata: { name } }: Config,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    // The answer to the patch that lets an object go is no state of it to remember.
    await loop.client('configs').mergePatch({ name }, patch);
  }
}

function isAssigned({ status }: Config): boolean {
  return status?.conditions?.[0]?.status === 'True';
}

function nodeOf(loop: ClusterLoop<Kind>, name: string): KubernetesObject | undefined {
  return loop.list('nodes').find(({ metadata }) => metadata.name === name);
}

/** A failure counts for one node to be added to, or for the deletion. */
function askedFor({ metadata: { uid, deletionTimestamp }, spec }: Config): string {
  return JSON.stringify([uid, deletionTimestamp, spec?.node]);
}

function isAtRest({ metadata, spec, status }: Config): boolean {
  const isOurs = metadata.finalizers?.includes(finalizer) ?? false;
  if (metadata.deletionTimestamp !== undefined) return !isOurs;
  return isOurs && status?.node === spec?.node && status?.conditions?.[0]?.status === 'True';
}
