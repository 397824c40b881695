import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../../provider-agent/test/packets/agent-machines.ts';
import type { OperatorProcess } from '../integration/support/operator-process.ts';
import { outside, type PacketCluster } from './packet-cluster.ts';
import type { Traffic } from './traffic.ts';

/** The packets of a namespace that has an address, and the operator that gave it. */
export interface Flow {
  readonly operator: OperatorProcess;
  readonly traffic: Traffic;
  readonly address: string;
  /** The machine whose kernel has the address. */
  holder(): Promise<string>;
  /** Whether packets come from the address just now. */
  flows(): boolean;
}

/** Starts an operator, and has a pod of a namespace send by its address. */
export async function startFlow(cluster: PacketCluster): Promise<Flow> {
  const operator = cluster.startOperator();
  await cluster.addNamespace('shop');
  let address = '';
  const holder = async (): Promise<string> => (await cluster.holders(address))[0] ?? '';
  const isHeld = async (): Promise<boolean> => {
    address = (await cluster.allocations()).get('shop') ?? '';
    return (await holder()) !== '';
  };
  await eventually(() => `it has an address; the operator said ${operator.lines.join('\n')}`, isHeld, 60_000);
  cluster.keepAsking([address]);
  const pod = await cluster.addPod('shop');
  // A flow that began before would go on by the address of its node.
  await eventually('its policy is in force', () => cluster.cilium.traffic(pod.name, outside).kind === 'egress');
  await wait(500);
  const traffic = cluster.startTraffic(pod);
  const flows = (): boolean => traffic.packets(Date.now() - 500).at(-1)?.source === address;
  await eventually(`packets come from ${address}`, flows);
  return { operator, traffic, address, holder, flows };
}
