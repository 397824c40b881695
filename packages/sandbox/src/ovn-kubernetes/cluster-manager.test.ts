import { isInvalid, ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCloudNetworkConfigController } from '../cloud-network-config/index.ts';
import { networkCrds } from '../crds/index.ts';
import { findEnvtestAssets, installCrds, startEnvtest, type Envtest } from '../envtest/index.ts';
import type { StandIn } from '../stand-in/cluster-loop.ts';
import { cloudPrivateIpConfigs, egressIps, events, nodes } from '../stand-in/resources.ts';
import { seededRandom } from '../stand-in/seeded-random.ts';
import { until } from '../stand-in/testing/until.ts';
import { clusterManagerUser, markAdmissionPolicy, startOvnClusterManager } from './index.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

describe(
  'the stand-in of OVN-Kubernetes on a real API server',
  unless(findEnvtestAssets() === undefined, noRealServer),
  () => {
    let envtest: Envtest;
    let admin: RestClient;
    let manager: RestClient;
    const running: StandIn[] = [];

    beforeAll(async () => {
      envtest = await startEnvtest({
        tokens: [{ token: 'manager', user: clusterManagerUser, groups: ['system:masters'] }],
      });
      admin = envtest.client();
      manager = envtest.client('manager');
      await installCrds(admin, [networkCrds.egressips, networkCrds.cloudprivateipconfigs]);
      for (const object of markAdmissionPolicy) {
        await admin.request(
          'POST',
          `/apis/${object.apiVersion}/${object.kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}`,
          { body: object },
        );
      }
      for (const name of ['node1', 'node2']) {
        await new ResourceClient(admin, nodes).create({
          metadata: {
            name,
            annotations: {
              'k8s.ovn.org/node-primary-ifaddr': '{"ipv4":"10.0.0.2/24"}',
              'k8s.ovn.org/host-cidrs': '["10.0.0.2/24"]',
            },
          },
        });
        await setNode(name, true);
      }
    });
    afterAll(async () => {
      await Promise.all(running.map((standIn) => standIn.stop()));
      await envtest.stop();
    });

    const client = (): ResourceClient => new ResourceClient(admin, egressIps);
    const create = (
      name: string,
      addresses: string[],
      annotations: Record<string, string> = {},
    ): Promise<KubernetesObject> =>
      client().create({ metadata: { name, annotations }, spec: { egressIPs: addresses, namespaceSelector: {} } });
    async function setNode(name: string, isReady: boolean): Promise<void> {
      await new ResourceClient(admin, nodes).mergePatch(
        { name },
        { metadata: { labels: { 'k8s.ovn.org/egress-assignable': '' } } },
      );
      await new ResourceClient(admin, nodes).mergePatch(
        { name },
        { status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] } },
        { subresource: 'status' },
      );
    }
    async function items(name: string): Promise<{ node: string; egressIP: string }[]> {
      const { status } = (await client().get({ name })) as KubernetesObject & {
        status?: { items: { node: string; egressIP: string }[] };
      };
      return status?.items ?? [];
    }

    it('assigns, marks by replacing all annotations, follows nodes, and leaves at rest', async () => {
      const standIn = await startOvnClusterManager({ rest: manager, random: seededRandom(1) });
      running.push(standIn);
      await create('one', ['10.0.0.10', '10.0.0.11', '10.0.0.12'], { mine: 'lost' });
      await until(async () => expect(await items('one')).toHaveLength(2));
      const { metadata } = await client().get({ name: 'one' });
      expect(metadata.annotations).toEqual({ 'k8s.ovn.org/egressip-mark': '50000' });
      await until(async () =>
        expect(
          (await new ResourceClient(admin, events).list({ fieldSelector: 'involvedObject.kind=EgressIP' })).items,
        ).toMatchObject([{ reason: 'UnassignedRequest' }]),
      );

      await setNode('node1', false);
      await until(async () => expect((await items('one')).map(({ node }) => node)).toEqual(['node2']));
      await setNode('node1', true);
      await until(async () => expect(await items('one')).toHaveLength(2));

      await client().mergePatch({ name: 'one' }, { spec: { egressIPs: ['10.0.0.13'] } });
      await until(async () => expect(await items('one')).toMatchObject([{ egressIP: '10.0.0.13' }]));
      await standIn.stop();
    });

    it('refuses marks from anyone else', async () => {
      await until(() =>
        expect(create('marked', ['10.0.0.20'], { 'k8s.ovn.org/egressip-mark': '50001' })).rejects.toSatisfy(isInvalid),
      );
      await create('unmarked', ['10.0.0.20']);
      await expect(
        client().mergePatch(
          { name: 'unmarked' },
          { metadata: { annotations: { 'k8s.ovn.org/egressip-mark': '50001' } } },
        ),
      ).rejects.toSatisfy(isInvalid);
      const marked = await client().get({ name: 'one' });
      await expect(
        client().replace({ ...marked, metadata: { ...marked.metadata, annotations: {} } }),
      ).rejects.toSatisfy(isInvalid);
      await client().delete({ name: 'unmarked' });
      await client().delete({ name: 'one' });
    });

    it('on a cloud, serves what the cloud confirmed, moves it, and releases it', async () => {
      const calls: string[] = [];
      running.push(
        await startCloudNetworkConfigController({
          rest: manager,
          onCall: (call) => calls.push(call),
          interfaceOf: ({ metadata }) => ({
            interface: `eni-${metadata.name}`,
            ifaddr: { ipv4: '10.0.0.0/24' },
            capacity: { ipv4: 1 },
          }),
          refuse: (address) => (address === '10.0.0.66' ? 'address in use' : undefined),
        }),
        await startOvnClusterManager({ rest: manager, cloud: true, random: seededRandom(1) }),
      );
      const configs = new ResourceClient(admin, cloudPrivateIpConfigs);
      await create('cloudy', ['10.0.0.30']);
      await until(async () => expect(await items('cloudy')).toHaveLength(1));
      const from = (await items('cloudy'))[0]?.node ?? '';
      const to = from === 'node1' ? 'node2' : 'node1';
      await setNode(from, false);
      await until(async () => expect(await items('cloudy')).toEqual([{ node: to, egressIP: '10.0.0.30' }]));
      expect(calls).toEqual([`assign-10.0.0.30-${from}`, `release-10.0.0.30-${from}`, `assign-10.0.0.30-${to}`]);
      await setNode(from, true);

      await create('refused', ['10.0.0.66']);
      await until(async () =>
        expect(await configs.get({ name: '10.0.0.66' })).toMatchObject({
          status: { conditions: [{ status: 'False', reason: 'CloudResponseError' }] },
        }),
      );
      expect(await items('refused')).toEqual([]);
      await client().delete({ name: 'cloudy' });
      await client().delete({ name: 'refused' });
      await until(async () => expect((await configs.list()).items).toEqual([]));
    });
  },
);
