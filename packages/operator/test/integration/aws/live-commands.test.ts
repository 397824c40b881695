import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli, type CliResult } from '../../cli/run-cli.ts';
import { cidrs, withMoto, startAwsCluster, zones, type AwsCluster } from './aws-cluster.ts';

describe('commands on a live cluster on AWS', withMoto, () => {
  let cluster: AwsCluster;
  const live = (...args: string[]): Promise<CliResult> =>
    runCli([
      ...args,
      '--live',
      '--kubeconfig',
      cluster.kubeconfig,
      '--provider',
      'aws',
      '--cloud-region',
      'us-east-1',
      '--cloud-endpoint',
      cluster.ec2.url,
    ]);

  beforeAll(async () => {
    cluster = await startAwsCluster({ workersPerZone: 2, instanceType: 'm5.large' });
    await cluster.ec2.createLoadBalancerInterface({
      subnetId: cluster.workers[0]?.subnetId ?? '',
      address: '10.0.0.9',
      description: 'ELB app/shop',
    });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('init prints an EgressIPAM with a CIDR assignment per zone, addresses in use reserved', async () => {
    const { code, out, error } = await live('init', '--name', 'pool');
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      kind: 'EgressIPAM',
      metadata: { name: 'pool' },
      spec: {
        topologyLabel: 'topology.kubernetes.io/zone',
        cidrAssignments: [
          { CIDR: cidrs[0], labelValue: zones[0], reservedIPs: ['10.0.0.4-10.0.0.5', '10.0.0.9'] },
          { CIDR: cidrs[1], labelValue: zones[1], reservedIPs: ['10.0.1.4-10.0.1.5'] },
          { CIDR: cidrs[2], labelValue: zones[2], reservedIPs: ['10.0.2.4-10.0.2.5'] },
        ],
      },
    });
  });

  it('plan says what the operator would do, and check says what interfaces lack', async () => {
    await cluster.addPool(
      'pool',
      cidrs.map((CIDR, index) => ({ CIDR, labelValue: zones[index] })),
    );
    await cluster.addNamespace('shop');
    const planned = async (): Promise<unknown> => JSON.parse((await live('plan', '-o', 'json')).out);
    // The network's objects of a new node and namespace come a moment later.
    await expect
      .poll(planned, { timeout: 20_000 })
      .toMatchObject({ allocations: [{ namespace: 'shop', addresses: ['10.0.0.6', '10.0.1.6', '10.0.2.6'] }] });
    expect(cluster.ec2.callCounts().mutating).toBe(0);
    cluster.run();
    await expect.poll(() => cluster.boundTo('shop'), { timeout: 30_000 }).toHaveLength(3);
    await cluster.stopOperator();
    expect((await live('check')).out).toMatch(/No problems found/);
    const [node = ''] = (await cluster.state()).attached.get('10.0.0.6') ?? [];
    await cluster.moto({
      Action: 'UnassignPrivateIpAddresses',
      NetworkInterfaceId: cluster.interfaceOf(node),
      'PrivateIpAddress.1': '10.0.0.6',
    });
    const checked = await live('check');
    expect(checked.code).toBe(2);
    expect(checked.out).toMatch(/NetworkDrift.*interface lacks 10\.0\.0\.6/);
  }, 60_000);

  it('says what is wrong when there is no input, or two', async () => {
    expect((await runCli(['plan'])).error).toMatch(/no input: name files or folders, - for standard input, or --live/);
    expect((await live('plan', 'somewhere.yaml')).error).toMatch(/either files or --live, not both/);
    expect((await runCli(['init'])).error).toMatch(
      /name the pools by --cidr CIDR=LABELVALUE, or read them from the cloud by --live/,
    );
  });
});
