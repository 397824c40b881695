import type { RestClient } from '@egressip-ipam/kube';
import type { CustomResourceDefinition } from '../crds/index.ts';
import type { StandIn } from './cluster-loop.ts';

/** What a namespace's traffic leaves with, and from where: read from what the network's own objects say. */
export interface TrialBinding {
  readonly namespace: string;
  readonly addresses: readonly { readonly address: string; readonly node: string | undefined }[];
}

/** What answers in a cluster for its network. */
export interface RunningNetwork extends StandIn {
  /** A node dies, where more than its condition tells of it. */
  powerOff?(node: string): void;
}

/** A network as something to try, on any API server. */
export interface TrialNetwork {
  /** Its kinds. */
  readonly crds: readonly CustomResourceDefinition[];
  /** What it says on a node of the node's own address and link, such as `10.0.0.11/24`. */
  readonly nodeAnnotations?: (cidr: string) => Readonly<Record<string, string>>;
  /** What an onlooker should know once a node has died. */
  readonly afterMove?: string;
  /** Starts what programs it, as far as anything answers; resolves when that is at work. */
  start(rest: RestClient): Promise<RunningNetwork>;
  /** What its objects say of each namespace. */
  readBindings(rest: RestClient): Promise<readonly TrialBinding[]>;
}
