import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withMoto } from '../aws/aws-cluster.ts';
import { startAwsMachines, type AwsMachines } from '../support/aws-machines.ts';
import { nodes } from '../support/resources.ts';
import { oneServer } from '../support/start-server.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const poll = { timeout: 60_000, interval: 50 };
const claims = ['first', 'second', 'third'];
const controllersCrd =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/cloudprivateipconfigs.cloud.network.openshift.io';

// Without a cloud network config controller nobody else puts on a NIC what OVN-Kubernetes placed.
describe('OVN-Kubernetes on AWS, without OpenShift', withMoto, () => {
  let aws: AwsMachines;
  let cluster: OvnCluster;

  beforeAll(async () => {
    aws = await startAwsMachines();
    cluster = await startOvnCluster(oneServer[0] ?? 'the sandbox', {
      prepare: async (rest) => void (await rest.request('DELETE', controllersCrd)),
    });
    for (const { name, address, providerID } of aws.machines) {
      await cluster.addNode(name, 'z', [`${address}/24`]);
      await cluster.client(nodes).mergePatch({ name }, { spec: { providerID } });
    }
    cluster.run({ cloud: { region: 'us-east-1', endpoint: aws.ec2.url }, cloudPollInterval: 5 });
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/28', labelValue: 'z' }]);
  }, 180_000);
  afterAll(async () => {
    await cluster.stop();
    await aws.close();
  }, 60_000);

  /** Each address is on one NIC, that of the node where OVN-Kubernetes has it; the nodes. */
  const carriers = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const claim of claims) {
      const address = (await cluster.annotation(claim)) ?? 'none';
      const [node = '', ...others] = await aws.holders(address);
      expect([await cluster.assigned(`egressip-${claim}`), others]).toEqual([[`${address}@${node}`], []]);
      found.push(node);
    }
    return found;
  };
  const isCarried = (): Promise<void> => expect.poll(() => carriers().then(() => true, String), poll).toBe(true);

  it('an address is placed by OVN-Kubernetes, and comes to the NIC of its node', async () => {
    for (const claim of claims) await cluster.addNamespace(claim);
    await isCarried();
    expect(cluster.logged.filter((line) => line.includes('the provider is')).join()).toContain('provider="aws"');
  }, 120_000);

  it('the NIC follows where it is placed next, also while EC2 is slow and another move comes in the midst', async () => {
    aws.ec2.inject({ fault: { kind: 'delay', milliseconds: 1_500 }, action: 'AssignPrivateIpAddresses' });
    const [lost = '', other = ''] = new Set(await carriers());
    await cluster.setReady(lost, false);
    await expect.poll(() => aws.ec2.callCounts().mutating, poll).toBeGreaterThan(claims.length);
    await cluster.setReady(other, false);
    await cluster.setReady(lost, true);
    await isCarried();
    aws.ec2.clearFaults();
    await cluster.setReady(other, true);
    await isCarried();
  }, 180_000);

  it('none is on a NIC once nobody has it', async () => {
    for (const claim of claims) await cluster.annotate(claim, { egressipam: null });
    const left = async (): Promise<readonly string[]> =>
      (await Promise.all(Array.from({ length: 16 }, (_, index) => aws.holders(`10.0.0.${64 + index}`)))).flat();
    await expect.poll(left, poll).toEqual([]);
  }, 120_000);
});
