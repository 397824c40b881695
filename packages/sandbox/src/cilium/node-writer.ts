import {
  isAlreadyExists,
  isNotFound,
  ResourceClient,
  type KubernetesObject,
  type RestClient,
} from '@egressip-ipam/kube';
import { isDeepStrictEqual } from 'node:util';
import { ciliumNodes } from '../stand-in/resources.ts';
import { copyOf, type CiliumNode } from './cilium-objects.ts';

/**
 * Writes CiliumNodes: each agent that of its own node, when it starts and when its Node has changed since, and Cilium's
 * operator deletes those whose Node is gone. One that people delete stays away until then.
 */
export class NodeWriter {
  readonly #client: ResourceClient;
  /** What each agent wrote last in its life. */
  readonly #written = new Map<string, CiliumNode>();

  constructor(rest: RestClient) {
    this.#client = new ResourceClient(rest, ciliumNodes);
  }

  /** An agent ends, and with it what it remembers. */
  forget(node: string): void {
    this.#written.delete(node);
  }

  /** @param running those Nodes whose agent runs */
  async write(
    nodes: readonly KubernetesObject[],
    running: readonly KubernetesObject[],
    told: readonly KubernetesObject[],
  ): Promise<void> {
    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const { metadata } of told) if (!names.has(metadata.name)) await this.#delete(metadata.name);
    for (const object of running) {
      const node = copyOf(object);
      if (isDeepStrictEqual(this.#written.get(node.name), node)) continue;
      await this.#put(node);
      this.#written.set(node.name, node);
    }
  }

  async #put({ name, labels, annotations = {}, addresses }: CiliumNode): Promise<void> {
    const metadata = { name, labels, annotations };
    const spec = { addresses: addresses.map((ip) => ({ type: 'InternalIP', ip })) };
    try {
      await this.#client.create({ metadata, spec });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const { metadata: before } = await this.#client.get({ name });
      const gone = Object.keys(before.labels ?? {}).filter((key) => !(key in labels));
      const removed = Object.fromEntries(gone.map((key) => [key, null]));
      await this.#client.mergePatch({ name }, { metadata: { labels: { ...labels, ...removed }, annotations }, spec });
    }
  }

  async #delete(name: string): Promise<void> {
    await this.#client.delete({ name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}
