import { AddressHistory } from './address-history.ts';
import type { Ec2Call, Ec2CallCounts } from './call-log.ts';
import { createCluster, type Ec2ClusterOptions, type Ec2Node } from './cluster.ts';
import type { Ec2FaultRule } from './ec2-fault.ts';
import { Ec2Layer } from './ec2-layer.ts';
import { findMoto } from './find-moto.ts';
import { assignForeign, createForeignInterface } from './foreign.ts';
import { MotoClient } from './moto-client.ts';
import { startMoto } from './moto-server.ts';
import type { Ec2NetworkInterface } from './network-interface.ts';
import { authorizationFor } from './query.ts';
import { StrictActions } from './strict-actions.ts';

/** How to set up a {@link StrictEc2}. */
export interface StrictEc2Options {
  /** moto's server; by default the one that `findMoto` finds. */
  readonly program?: string;
  /** Of the helpers, and of calls without a credential scope. Default `us-east-1`. */
  readonly region?: string;
  /** Milliseconds since the epoch, for the log and stale answers. Default `Date.now`. */
  readonly now?: () => number;
}

/** An EC2 on loopback: moto, with the rules for addresses and pages that it leaves out, and faults on demand. */
export interface StrictEc2 {
  /** `http://127.0.0.1:PORT`: the SDK's endpoint. */
  readonly url: string;
  /** moto itself, without rules, log and faults. */
  readonly motoUrl: string;
  /** Every call that arrived at `url`, oldest first. */
  readonly calls: readonly Ec2Call[];
  callCounts(): Ec2CallCounts;
  clearCalls(): void;
  /** Adds a rule after those in force; the function returned takes it away. */
  inject(rule: Ec2FaultRule): () => void;
  clearFaults(): void;
  /** Builds VPC, subnets and workers. The helpers pass neither log nor faults. */
  createCluster(options: Ec2ClusterOptions): Promise<Ec2Node[]>;
  /** What the interface really has. Throws an Ec2Error for an unknown one. */
  networkInterface(networkInterfaceId: string): Promise<Ec2NetworkInterface>;
  /** Puts an address of the subnet on an interface without further rules, as someone else might have before. */
  assignForeign(foreign: { readonly networkInterfaceId: string; readonly address: string }): Promise<void>;
  /** An interface of someone else, attached to no instance; resolves with its ID. */
  createLoadBalancerInterface(balancer: {
    readonly subnetId: string;
    readonly address: string;
    readonly description: string;
  }): Promise<string>;
  close(): Promise<void>;
}

/** Starts moto and the layer in front of it. Throws where moto is absent or does not start. */
export async function startStrictEc2({
  program = findMoto(),
  region = 'us-east-1',
  now = Date.now,
}: StrictEc2Options = {}): Promise<StrictEc2> {
  if (program === undefined)
    throw new Error(
      "moto_server is neither in MOTO_SERVER nor in .tools/venv/bin nor in PATH; pip install 'moto[ec2,server]' brings it",
    );
  const server = await startMoto(program);
  const history = new AddressHistory(now);
  const actions = new StrictActions(history);
  const layer = new Ec2Layer({ motoUrl: server.url, region, now, actions });
  const url = await layer.listen();
  const own = new MotoClient(server.url, authorizationFor(region));
  return {
    url,
    motoUrl: server.url,
    get calls() {
      return layer.log.calls;
    },
    callCounts: () => layer.log.counts(),
    clearCalls: () => layer.log.clear(),
    inject: (rule) => layer.rules.add(rule),
    clearFaults: () => layer.rules.clear(),
    createCluster: (options) => actions.exclusively(() => createCluster(own, options)),
    networkInterface: (id) => actions.exclusively(() => own.networkInterface(id)),
    assignForeign: (foreign) => actions.exclusively(async () => history.record([await assignForeign(own, foreign)])),
    createLoadBalancerInterface: (balancer) => actions.exclusively(() => createForeignInterface(own, balancer)),
    async close() {
      layer.close();
      await server.stop();
    },
  };
}
