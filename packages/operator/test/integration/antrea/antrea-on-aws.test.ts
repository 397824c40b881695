import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withMoto } from '../aws/aws-cluster.ts';
import { startAwsMachines, type AwsMachines } from '../support/aws-machines.ts';
import { oneServer } from '../support/start-server.ts';
import { AntreaCluster, eventually } from './antrea-cluster.ts';

const address = '10.0.0.65';
const whole = ['True', '1/1', '1/1'];

// Antrea attaches nothing to interfaces of a cloud: what it put on a node is put on its NIC by this project.
describe('Antrea on AWS', withMoto, () => {
  let aws: AwsMachines;
  let cluster: AntreaCluster;
  let lost = '';

  beforeAll(async () => {
    aws = await startAwsMachines();
    const machines = aws.machines.map((machine) => ({ ...machine, zone: 'z' }));
    cluster = await AntreaCluster.start(oneServer[0] ?? 'the sandbox', 'Antrea places', { machines });
    cluster.run({ cloud: { region: 'us-east-1', endpoint: aws.ec2.url }, cloudPollInterval: 5 });
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/28', labelValue: 'z' }]);
  }, 180_000);
  afterAll(async () => {
    expect(cluster.laws.violations()).toEqual([]);
    await cluster.stop();
    await aws.close();
  }, 60_000);

  const onNics = (): Promise<readonly string[]> => aws.holders(address);
  /** What was done since a time, in order: `Egress`, `NIC`. */
  const order = async (since: number): Promise<readonly string[]> => {
    const writes = (await cluster.server.writes())
      .filter(({ at, resource, code }) => at >= since && resource === 'egresses' && code < 300)
      .map(({ at }) => ({ at, what: 'Egress' }));
    const calls = aws.ec2.calls
      .filter(({ at, kind }) => at >= since && kind === 'mutating')
      .map(({ at }) => ({ at, what: 'NIC' }));
    return [...writes, ...calls].sort((one, other) => one.at - other.at).map(({ what }) => what);
  };
  const isCarried = (): Promise<void> =>
    eventually(async () => {
      const [node] = cluster.antrea.holders(address);
      expect(await onNics()).toEqual([node]);
      expect(cluster.leavesBy('shop')).toBe(`${address}@${node}`);
      expect(await cluster.summary()).toEqual(whole);
    });

  it('an address is on a node by Antrea, then on the NIC of that node, then the pods leave by it', async () => {
    const since = Date.now();
    cluster.addPod('shop', aws.machines[0]?.name ?? '');
    const traffic = cluster.watchTraffic('shop');
    await cluster.addNamespace('shop');
    await isCarried();
    traffic.stop();
    expect(await cluster.annotation('shop')).toBe(address);
    expect(traffic.seen.map((way) => way.split('@')[0])).toEqual(['node', address]);
    expect(cluster.told('the provider is').join()).toMatch(/provider="aws"/);
    expect(await order(since)).toEqual(['Egress', 'NIC', 'Egress']);
  }, 120_000);

  it('when Antrea moves it, the NIC follows in one call', async () => {
    [lost = ''] = cluster.antrea.holders(address);
    cluster.addPod('shop', aws.machines.find(({ name }) => name !== lost)?.name ?? '');
    const since = Date.now();
    await cluster.powerOff(lost);
    await eventually(async () => expect(await onNics()).not.toContain(lost));
    await isCarried();
    expect((await order(since)).filter((what) => what === 'NIC')).toEqual(['NIC']);
    expect(await cluster.annotation('shop')).toBe(address);
  }, 120_000);

  it('and back, as Antrea puts it back when the node returns', async () => {
    await cluster.powerOn(lost);
    await isCarried();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await isCarried();
  }, 120_000);

  it('is turned away from, then goes from its node, then from the NIC, and nothing is left of it', async () => {
    const since = Date.now();
    await cluster.annotate('shop', { egressipam: null });
    await eventually(async () => expect(await onNics()).toEqual([]));
    await eventually(async () => expect(await cluster.annotation('shop')).toBeUndefined());
    expect(await cluster.egressNames()).toEqual([]);
    expect(await order(since)).toEqual(['Egress', 'Egress', 'NIC']);
  }, 120_000);
});
