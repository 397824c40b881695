import type { MotoClient } from './moto-client.ts';
import type { Ec2Parameters } from './query.ts';
import { SubnetRange } from './subnet-range.ts';
import { child, items, text, type XmlElement } from './xml.ts';

/** A cluster to be built: one VPC, a subnet with workers in each zone. */
export interface Ec2ClusterOptions {
  readonly zones: readonly {
    /** Such as `us-east-1a`: of the region. */
    readonly zone: string;
    /** Of the zone's subnet, within the VPC's. */
    readonly cidr: string;
    readonly ipv6Cidr?: string;
    readonly workers: number;
  }[];
  /** Default `m5.large`, which carries ten addresses of each family per interface. */
  readonly instanceType?: string;
  /** Of the VPC; default `10.0.0.0/16`. */
  readonly cidr?: string;
}

/** A worker of the cluster. */
export interface Ec2Node {
  /** `worker-ZONE-NUMBER`. */
  readonly name: string;
  readonly zone: string;
  readonly instanceId: string;
  /** `aws:///ZONE/INSTANCE`, as in a Node's `spec.providerID`. */
  readonly providerID: string;
  /** Of the interface with device index 0. */
  readonly networkInterfaceId: string;
  readonly primaryAddress: string;
  readonly subnetId: string;
  readonly subnetCidr: string;
}

// An image that moto knows.
const imageId = 'ami-12c6146b';

/** Builds VPC, subnets and instances in moto. Workers have the first usable addresses of their subnet. */
export async function createCluster(
  moto: MotoClient,
  { zones, instanceType = 'm5.large', cidr = '10.0.0.0/16' }: Ec2ClusterOptions,
): Promise<Ec2Node[]> {
  const vpc = await moto.call({ Action: 'CreateVpc', CidrBlock: cidr });
  const vpcId = text(child(vpc, 'vpc'), 'vpcId') ?? '';
  const nodes: Ec2Node[] = [];
  for (const { zone, cidr: subnetCidr, ipv6Cidr, workers } of zones) {
    const created = await moto.call({
      Action: 'CreateSubnet',
      VpcId: vpcId,
      CidrBlock: subnetCidr,
      AvailabilityZone: zone,
      ...(ipv6Cidr !== undefined && { Ipv6CidrBlock: ipv6Cidr }),
    });
    const subnetId = text(child(created, 'subnet'), 'subnetId') ?? '';
    for (const [index, address] of new SubnetRange(subnetCidr).lowestFree(workers).entries()) {
      const instance = await runInstance(moto, {
        SubnetId: subnetId,
        InstanceType: instanceType,
        PrivateIpAddress: address,
      });
      const [networkInterface = {}] = items(instance, 'networkInterfaceSet');
      const instanceId = text(instance, 'instanceId') ?? '';
      nodes.push({
        name: `worker-${zone}-${index + 1}`,
        zone,
        instanceId,
        providerID: `aws:///${zone}/${instanceId}`,
        networkInterfaceId: text(networkInterface, 'networkInterfaceId') ?? '',
        primaryAddress: text(networkInterface, 'privateIpAddress') ?? '',
        subnetId,
        subnetCidr,
      });
    }
  }
  return nodes;
}

async function runInstance(moto: MotoClient, parameters: Ec2Parameters): Promise<XmlElement> {
  const reservation = await moto.call({
    Action: 'RunInstances',
    ImageId: imageId,
    MinCount: '1',
    MaxCount: '1',
    ...parameters,
  });
  const [instance = {}] = items(reservation, 'instancesSet');
  return instance;
}
