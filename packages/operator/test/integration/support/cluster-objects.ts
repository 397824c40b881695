import { asRecord } from '@egressip-ipam/core/plugin';
import { ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import { removeNamespace } from './remove-namespace.ts';
import { egressIPAMs, namespaces, nodes } from './resources.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const events: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

/** What a test does to the objects that clusters of every network have, and reads of them. */
export class ClusterObjects {
  readonly rest: RestClient;

  constructor(rest: RestClient) {
    this.rest = rest;
  }

  client(resource: Resource): ResourceClient {
    return new ResourceClient(this.rest, resource);
  }

  /** A node that is Ready, in a zone. */
  async addNode(
    name: string,
    zone: string,
    address: string | readonly string[],
    metadata: Partial<Record<'labels' | 'annotations', Readonly<Record<string, string>>>> = {},
    spec?: object,
  ): Promise<void> {
    const { labels, annotations } = metadata;
    const own = { labels: { zone, ...labels }, ...(annotations === undefined ? {} : { annotations }) };
    await this.client(nodes).create({ metadata: { name, ...own }, ...(spec === undefined ? {} : { spec }) });
    const addresses = [address].flat().map((each) => ({ type: 'InternalIP', address: each }));
    await this.client(nodes).mergePatch(
      { name },
      { status: { addresses, conditions: [{ type: 'Ready', status: 'True' }] } },
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
    return this.client(namespaces).create({ metadata: { name, annotations: prefixed(annotations) } });
  }

  annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<KubernetesObject> {
    return this.client(namespaces).mergePatch({ name }, { metadata: { annotations: prefixed(annotations) } });
  }

  /** Deletes a namespace, and does what the namespace controller does. */
  removeNamespace(name: string): Promise<void> {
    return removeNamespace(this.rest, name);
  }

  /** The addresses that a namespace was told. */
  async annotation(name: string): Promise<string | undefined> {
    return (await this.client(namespaces).get({ name })).metadata.annotations?.[`${prefix}/egressips`];
  }

  async statusOf(egressIPAM: string): Promise<Readonly<Record<string, unknown>>> {
    return asRecord((await this.client(egressIPAMs).get({ name: egressIPAM }))['status']);
  }

  /** `NAME: MESSAGE` of Events with a reason. */
  async events(reason: string): Promise<readonly string[]> {
    const { items } = await this.client(events).list();
    return items
      .filter((event) => event['reason'] === reason)
      .map((event) => `${String(asRecord(event['involvedObject'])['name'])}: ${String(event['message'])}`);
  }
}

function prefixed<Value extends string | null>(annotations: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value]));
}
