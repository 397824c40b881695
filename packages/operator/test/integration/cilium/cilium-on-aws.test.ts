import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withMoto } from '../aws/aws-cluster.ts';
import { startAwsMachines, type AwsMachines } from '../support/aws-machines.ts';
import { oneServer, type Write } from '../support/start-server.ts';
import { addPool, startCiliumCluster, type CiliumCluster } from './cilium-cluster.ts';

// The agents on top of the provider of the cloud: an address is on the NIC before it is in the kernel, and leaves in
// reverse.
describe('Cilium on AWS, with agents on its nodes', withMoto, () => {
  let aws: AwsMachines;
  let cluster: CiliumCluster;

  beforeAll(async () => {
    aws = await startAwsMachines();
    cluster = await startCiliumCluster(oneServer[0] ?? 'the sandbox', aws.machines);
    cluster.run({ cloud: { region: 'us-east-1', endpoint: aws.ec2.url }, cloudPollInterval: 5 });
    await addPool(cluster.rest, '10.0.0.0/24');
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await aws?.close();
  }, 60_000);

  const eventually = (check: () => unknown): Promise<void> =>
    vi.waitFor(async () => void (await check()), { timeout: 60_000, interval: 50 });
  const isOn = (address: string, node: string | undefined): Promise<void> =>
    eventually(async () => {
      expect(await aws.holders(address)).toEqual([node]);
      expect(cluster.holders(address)).toEqual([node]);
      expect(await cluster.policies()).toEqual([`${address}@${node}`]);
    });
  /** What was done since a time, in order: `policy`, `NIC` or `kernel`. */
  const order = async (since: number): Promise<readonly string[]> => {
    const words: Readonly<Record<string, string>> = { ciliumegressgatewaypolicies: 'policy', egressnodes: 'kernel' };
    const writes = (await cluster.writes())
      .filter(({ at, resource, code }: Write) => at >= since && words[resource] !== undefined && code < 300)
      .map(({ at, resource }) => ({ at, what: words[resource] ?? '' }));
    const calls = aws.ec2.calls
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
      expect(await aws.holders(address)).toEqual([]);
      expect(cluster.holders(address)).toEqual([]);
    });
    expect(await order(since)).toEqual(['policy', 'kernel', 'NIC', 'policy']);
  }, 120_000);
});
