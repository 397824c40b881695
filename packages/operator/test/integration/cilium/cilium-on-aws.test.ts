import { startStrictEc2, type StrictEc2 } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withMoto } from '../aws/aws-cluster.ts';
import { oneServer, type Write } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

// The agents on top of the provider of the cloud: an address is on the NIC before it is in the kernel, and leaves in
// reverse.
describe('Cilium on AWS, with agents on its nodes', withMoto, () => {
  let ec2: StrictEc2;
  let cluster: CiliumCluster;
  const interfaces = new Map<string, string>();

  beforeAll(async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    ec2 = await startStrictEc2();
    const workers = await ec2.createCluster({
      zones: [{ zone: 'us-east-1a', cidr: '10.0.0.0/24', workers: 3 }],
      instanceType: 'm5.large',
    });
    for (const { name, networkInterfaceId } of workers) interfaces.set(name, networkInterfaceId);
    const machines = workers.map(({ name, primaryAddress, providerID }) => ({
      name,
      address: primaryAddress,
      providerID,
    }));
    cluster = await startCiliumCluster(oneServer[0] ?? 'the sandbox', machines);
    cluster.run({ cloud: { region: 'us-east-1', endpoint: ec2.url }, cloudPollInterval: 5 });
    await addPool(cluster.rest, '10.0.0.0/24');
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await ec2?.close();
  }, 60_000);

  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });
  const onNics = async (address: string): Promise<readonly string[]> => {
    const found = await Promise.all(
      [...interfaces].map(async ([node, id]) => ({ node, ...(await ec2.networkInterface(id)) })),
    );
    return found.filter(({ secondaryAddresses }) => secondaryAddresses.includes(address)).map(({ node }) => node);
  };
  const isOn = (address: string, node: string | undefined): Promise<void> =>
    eventually(async () => {
      expect(await onNics(address)).toEqual([node]);
      expect(cluster.holders(address)).toEqual([node]);
      expect(await cluster.policies()).toEqual([`${address}@${node}`]);
    });
  /** What was done since a time, in order: `policy`, `NIC` or `kernel`. */
  const order = async (since: number): Promise<readonly string[]> => {
    const words: Readonly<Record<string, string>> = { ciliumegressgatewaypolicies: 'policy', egressnodes: 'kernel' };
    const writes = (await cluster.writes())
      .filter(({ at, resource, code }: Write) => at >= since && words[resource] !== undefined && code < 300)
      .map(({ at, resource }) => ({ at, what: words[resource] ?? '' }));
    const calls = ec2.calls
      .filter(({ at, kind }) => at >= since && kind === 'mutating')
      .map(({ at }) => ({ at, what: 'NIC' }));
    return [...writes, ...calls].sort((one, other) => one.at - other.at).map(({ what }) => what);
  };

  it('an address is noted, then on the NIC, then in the kernel, then the policy sends by it', async () => {
    const since = Date.now();
    await cluster.addNamespace('shop');
    let address = '';
    await eventually(async () => {
      address = (await cluster.allocated('shop')) ?? '';
      expect(cluster.holders(address)).toHaveLength(1);
    });
    await isOn(address, cluster.holders(address)[0]);
    expect(cluster.logged.join('\n')).toMatch(/the provider is .*aws/);
    expect(await order(since)).toEqual(['policy', 'NIC', 'kernel', 'policy']);
  }, 120_000);

  it('moves off the kernel, then between NICs, then into the other kernel, then the policy follows', async () => {
    const address = (await cluster.allocated('shop')) ?? '';
    const [from = ''] = cluster.holders(address);
    const since = Date.now();
    await cluster.setReady(from, 'False');
    await eventually(() => expect(cluster.holders(address)).not.toContain(from));
    await eventually(() => expect(cluster.holders(address)).toHaveLength(1));
    await isOn(address, cluster.holders(address)[0]);
    const done = await order(since);
    // A look between the two may have noted on the policy that the address is gone from its node.
    expect(done.filter((what) => what !== 'policy')).toEqual(['kernel', 'NIC', 'kernel']);
    expect(done.at(-1)).toBe('policy');
    await cluster.setReady(from, 'True');
    expect(cluster.doubles).toEqual([]);
  }, 120_000);

  it('leaves in reverse, and nothing is left of it, nor on any record', async () => {
    const address = (await cluster.allocated('shop')) ?? '';
    const since = Date.now();
    await cluster.removeClaim('shop');
    await eventually(async () => {
      expect(await cluster.policies()).toEqual([]);
      expect(await onNics(address)).toEqual([]);
      expect(cluster.holders(address)).toEqual([]);
    });
    expect(await order(since)).toEqual(['policy', 'kernel', 'NIC', 'policy']);
  }, 120_000);
});
