import { startStrictEc2, type StrictEc2 } from '@egressip-ipam/sandbox';
import { vi } from 'vitest';

/** Three instances of a strict EC2 in one subnet, 10.0.0.0/24. */
export interface AwsMachines {
  readonly ec2: StrictEc2;
  readonly machines: readonly { readonly name: string; readonly address: string; readonly providerID: string }[];
  /** The machines whose interface has an address as a secondary one. */
  readonly holders: (address: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Starts them; until they are closed, credentials for them stand in the environment. */
export async function startAwsMachines(): Promise<AwsMachines> {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const ec2 = await startStrictEc2();
  const workers = await ec2.createCluster({
    zones: [{ zone: 'us-east-1a', cidr: '10.0.0.0/24', workers: 3 }],
    instanceType: 'm5.large',
  });
  return {
    ec2,
    machines: workers.map(({ name, primaryAddress, providerID }) => ({ name, address: primaryAddress, providerID })),
    holders: async (address) => {
      const found = await Promise.all(
        workers.map(async ({ name, networkInterfaceId }) => ({
          name,
          ...(await ec2.networkInterface(networkInterfaceId)),
        })),
      );
      return found.filter(({ secondaryAddresses }) => secondaryAddresses.includes(address)).map(({ name }) => name);
    },
    close: async () => {
      vi.unstubAllEnvs();
      await ec2.close();
    },
  };
}
