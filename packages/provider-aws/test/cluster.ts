import type {
  CloudProvider,
  ClusterObjects,
  ProviderChange,
  ProviderChangeResult,
  ProviderContext,
  ProviderNode,
  ProviderObservation,
} from '@egressip-ipam/core';
import type { SubnetReference } from '../src/cluster/machine-sets.ts';
import { createAwsProvider } from '../src/create-aws-provider.ts';
import { fastClock } from './fast-clock.ts';
import { MemoryEc2 } from './memory-ec2.ts';

/** The instance of a numbered worker. */
export function instanceOf(number: number): string {
  return `i-${number.toString(16).padStart(17, '0')}`;
}

/** A numbered worker as Kubernetes shows it. */
export function worker(number: number, zone = 'us-east-1a'): ProviderNode {
  return { name: `worker-${number}`, providerID: `aws:///${zone}/${instanceOf(number)}` };
}

/** A provider on the in-memory EC2: subnet-a of vpc-1 is 10.0.0.0/20 and 2001:db8::/64; worker n has 10.0.15.n. */
export function memoryCluster(
  workers: number,
  { context = {}, type }: { readonly context?: ProviderContext; readonly type?: string } = {},
) {
  const ec2 = new MemoryEc2();
  ec2.subnets.set('subnet-a', { id: 'subnet-a', vpcId: 'vpc-1', cidr: '10.0.0.0/20', ipv6: '2001:db8::/64' });
  const nodes = Array.from({ length: workers }, (_, index) => worker(index + 1));
  nodes.forEach((_, index) =>
    ec2.addInstance({
      id: instanceOf(index + 1),
      subnetId: 'subnet-a',
      primary: `10.0.15.${index + 1}`,
      ...(type === undefined ? {} : { type }),
    }),
  );
  const clock = fastClock();
  const provider = createAwsProvider(context, { createClient: ec2.createClient, clock });
  return { ec2, nodes, clock, provider };
}

/** A cluster with a secret of these keys. */
export function secretOf(keys: () => Readonly<Record<string, string>> | undefined): ClusterObjects {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  return (kind) => {
    const secret = kind === 'Secret' ? keys() : undefined;
    return secret === undefined
      ? []
      : [{ data: Object.fromEntries(Object.entries(secret).map(([key, value]) => [key, encode(value)])) }];
  };
}

/** A cluster with a MachineSet for each of these subnets. */
export function machineSetsOf(subnets: readonly SubnetReference[]): ClusterObjects {
  return (kind) =>
    kind === 'MachineSet'
      ? subnets.map((subnet) => ({ spec: { template: { spec: { providerSpec: { value: { subnet } } } } } }))
      : [];
}

/** One look. */
export function look(
  provider: CloudProvider,
  nodes: readonly ProviderNode[],
  cidrs: readonly string[],
): Promise<ProviderObservation> {
  return provider.observe({ nodes, cidrs, signal: new AbortController().signal });
}

/** Applies changes. */
export function change(
  provider: CloudProvider,
  ...changes: readonly ProviderChange[]
): Promise<readonly ProviderChangeResult[]> {
  return provider.apply({ changes, signal: new AbortController().signal });
}

/** Results in short: `done`, or the error's class. */
export function inShort(results: readonly ProviderChangeResult[]): readonly string[] {
  return results.map((result) => (result.outcome === 'done' ? 'done' : result.error.class));
}
