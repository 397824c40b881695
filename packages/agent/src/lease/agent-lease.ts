import { asRecord, ObjectReader, type Read } from '@egressip-ipam/core/values';
import { renewalTime, type KubernetesObject } from '@egressip-ipam/kube';

/** Annotations of an agent's Lease. */
const annotations = {
  acknowledged: 'egressip-ipam-operator.redhat-cop.io/acknowledged-roster',
  counted: 'egressip-ipam-operator.redhat-cop.io/counted-roster',
  endpoint: 'egressip-ipam-operator.redhat-cop.io/peer-endpoint',
} as const;

/** Marks the Leases of agents, so that one watch covers them. */
export const agentLeaseLabel = { key: 'egressip-ipam-operator.redhat-cop.io/agent', value: 'true' } as const;

/** What an agent's Lease says. */
export interface AgentLease {
  readonly node: string;
  readonly resourceVersion: string;
  /** Which life of the agent holds it; undefined when the operator took it away, or nobody ever held it. */
  readonly holder: string | undefined;
  /** The term, in milliseconds. */
  readonly term: number;
  /** Another text after each renewal. */
  readonly renewTime: string;
  /** The roster number that the last renewal acknowledged. */
  readonly acknowledged: number;
  /** The roster number that the agent counted by when it sent that renewal. */
  readonly counted: number;
  /** Where peers ask it. */
  readonly endpoint: { readonly address: string; readonly port: number } | undefined;
}

/** A holder, a time or an endpoint that is longer was written by no agent of ours. */
const longest = 512;

/** The name of a node's Lease. */
export function agentLeaseName(node: string): string {
  return `egressip-ipam-agent-${node}`;
}

const namePrefix = agentLeaseName('');

/** Reads an agent's Lease; undefined for any other. */
export function readAgentLease({ metadata, spec }: KubernetesObject): AgentLease | undefined {
  if (!metadata.name.startsWith(namePrefix)) return undefined;
  const { holderIdentity, leaseDurationSeconds, renewTime } =
    typeof spec === 'object' && spec !== null ? (spec as Record<string, unknown>) : {};
  const noted = metadata.annotations ?? {};
  return {
    node: metadata.name.slice(namePrefix.length),
    resourceVersion: metadata.resourceVersion ?? '',
    holder: typeof holderIdentity === 'string' && holderIdentity !== '' ? holderIdentity.slice(0, longest) : undefined,
    term: Number.isFinite(leaseDurationSeconds) ? Number(leaseDurationSeconds) * 1000 : 0,
    renewTime: typeof renewTime === 'string' ? renewTime.slice(0, longest) : '',
    acknowledged: count(noted[annotations.acknowledged]),
    counted: count(noted[annotations.counted]),
    endpoint: readEndpoint(noted[annotations.endpoint]),
  };
}

/** Reads the Lease of an agent in anything, such as what stands in a file; other Leases are not meant. Never throws. */
export function inspectAgentLease(object: unknown): Read<AgentLease & { readonly name: string }> {
  const { labels } = asRecord(asRecord(object)['metadata']);
  if (asRecord(labels)[agentLeaseLabel.key] !== agentLeaseLabel.value) return { ok: false, problems: [] };
  const reader = new ObjectReader(object, 'Lease');
  const lease = readAgentLease({
    metadata: { name: reader.name, annotations: reader.map('metadata', 'annotations') },
    spec: reader.record('spec'),
  });
  return lease === undefined
    ? { ok: false, problems: reader.problems }
    : reader.result({ ...lease, name: reader.name });
}

/** What a renewal says. */
export interface Renewal {
  readonly node: string;
  readonly namespace: string;
  readonly holder: string;
  readonly term: number;
  readonly acknowledged: number;
  readonly counted: number;
  readonly endpoint: { readonly address: string; readonly port: number };
  /** Milliseconds since the epoch, for people. */
  readonly now: number;
}

/** The Lease after a renewal: what was there, with the agent's own fields written anew. */
export function renewedLease(current: KubernetesObject | undefined, renewal: Renewal): KubernetesObject {
  const { node, namespace, holder, term, acknowledged, counted, endpoint, now } = renewal;
  const former =
    typeof current?.['spec'] === 'object' && current['spec'] !== null
      ? (current['spec'] as Record<string, unknown>)
      : {};
  const isSame = former['holderIdentity'] === holder;
  const time = renewalTime(now, former['renewTime']);
  const transitions = typeof former['leaseTransitions'] === 'number' ? former['leaseTransitions'] : 0;
  return {
    ...current,
    metadata: {
      ...current?.metadata,
      name: agentLeaseName(node),
      namespace,
      labels: { ...current?.metadata.labels, [agentLeaseLabel.key]: agentLeaseLabel.value },
      annotations: {
        ...current?.metadata.annotations,
        [annotations.acknowledged]: String(acknowledged),
        [annotations.counted]: String(counted),
        [annotations.endpoint]: `${endpoint.address} ${endpoint.port}`,
      },
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(term / 1000),
      acquireTime: isSame ? (former['acquireTime'] ?? time) : time,
      renewTime: time,
      leaseTransitions: transitions + (isSame ? 0 : 1),
    },
  };
}

/** The Lease after the operator took it away: nobody holds it, and the agent finds that out with its next renewal. */
export function markedLease(current: KubernetesObject): KubernetesObject {
  const spec = typeof current['spec'] === 'object' && current['spec'] !== null ? current['spec'] : {};
  return { ...current, spec: { ...spec, holderIdentity: '' } };
}

function readEndpoint(value: string | undefined): AgentLease['endpoint'] {
  const [address = '', port = ''] = (value ?? '').slice(0, longest).split(' ');
  return address !== '' && /^\d{1,5}$/.test(port) ? { address, port: Number(port) } : undefined;
}

function count(value: string | undefined): number {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : 0;
}
