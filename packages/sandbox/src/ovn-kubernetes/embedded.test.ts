import { createRestClient, isInvalid, ResourceClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../api-server/index.ts';
import { networkCrds } from '../crds/index.ts';
import { egressIps, nodes } from '../stand-in/resources.ts';
import { until } from '../stand-in/testing/until.ts';
import { clusterManagerUser, markAdmission, startOvnClusterManager } from './index.ts';

describe('the stand-in of OVN-Kubernetes on the embedded API server', () => {
  let server: ApiServer;
  let admin: RestClient;
  let manager: RestClient;

  beforeEach(async () => {
    server = await createApiServer({
      crds: [networkCrds.egressips],
      admission: markAdmission,
      tokens: {
        admin: { user: 'admin', groups: ['system:masters'] },
        manager: { user: clusterManagerUser, groups: ['system:masters'] },
      },
    });
    const client = (token: string): RestClient => createRestClient(staticConnection({ server: server.url, token }));
    [admin, manager] = [client('admin'), client('manager')];
    await new ResourceClient(admin, nodes).create({
      metadata: {
        name: 'node1',
        labels: { 'k8s.ovn.org/egress-assignable': '' },
        annotations: {
          'k8s.ovn.org/node-primary-ifaddr': '{"ipv6":"fd00::2/64"}',
          'k8s.ovn.org/host-cidrs': '["fd00::2/64"]',
        },
      },
    });
    await setReady(true);
  });
  afterEach(async () => {
    admin.close();
    manager.close();
    await server.stop();
  });

  const objects = (): ResourceClient => new ResourceClient(admin, egressIps);
  const setReady = (isReady: boolean): Promise<unknown> =>
    new ResourceClient(admin, nodes).mergePatch(
      { name: 'node1' },
      { status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] } },
      { subresource: 'status' },
    );
  const create = (name: string, address: string): Promise<unknown> =>
    objects().create({
      metadata: { name, annotations: { mine: 'lost' } },
      spec: { egressIPs: [address], namespaceSelector: {} },
    });
  const annotations = async (name: string) => (await objects().get({ name })).metadata.annotations;
  const marked = (mark: string) => ({ 'k8s.ovn.org/egressip-mark': mark });
  const assigned = (name: string, egressIP: string): Promise<void> =>
    until(async () =>
      expect(await objects().get({ name })).toMatchObject({ status: { items: [{ node: 'node1', egressIP }] } }),
    );

  it('assigns and marks, where nobody else may mark', async () => {
    const standIn = await startOvnClusterManager({ rest: manager });
    await create('one', 'FD00::0:10');
    await assigned('one', 'fd00::10');
    expect(await annotations('one')).toEqual(marked('50000'));
    await expect(
      objects().mergePatch({ name: 'one' }, { metadata: { annotations: { 'k8s.ovn.org/egressip-mark': null } } }),
    ).rejects.toSatisfy(isInvalid);
    await standIn.stop();
  });

  it('gives what it can assign at its start the mark of another, and does not start again', async () => {
    const first = await startOvnClusterManager({ rest: manager });
    await create('old', 'fd00::10');
    await assigned('old', 'fd00::10');
    await first.stop();
    await create('young', 'fd00::11');
    for (let start = 0; start < 2; start++)
      await expect(startOvnClusterManager({ rest: manager })).rejects.toThrow('failed to reserve mark for EgressIP');
    expect([await annotations('old'), await annotations('young')]).toEqual([marked('50000'), marked('50000')]);
    await objects().delete({ name: 'young' });
    const next = await startOvnClusterManager({ rest: manager });
    await create('young', 'fd00::11');
    await assigned('young', 'fd00::11');
    expect(await annotations('young')).toEqual(marked('50001'));
    await next.stop();
  });

  it('marks what it cannot assign at its start once it has looked which marks there are', async () => {
    const first = await startOvnClusterManager({ rest: manager });
    await create('old', 'fd00::10');
    await assigned('old', 'fd00::10');
    await first.stop();
    await setReady(false);
    await create('young', 'fd00::11');
    const next = await startOvnClusterManager({ rest: manager });
    expect([await annotations('old'), await annotations('young')]).toEqual([marked('50000'), marked('50001')]);
    await next.stop();
  });
});
