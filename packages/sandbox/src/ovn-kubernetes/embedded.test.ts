import { createRestClient, isInvalid, ResourceClient, staticConnection } from '@egressip-ipam/kube';
import { expect, it } from 'vitest';
import { createApiServer } from '../api-server/index.ts';
import { networkCrds } from '../crds/index.ts';
import { egressIps, nodes } from '../stand-in/resources.ts';
import { until } from '../stand-in/testing/until.ts';
import { clusterManagerUser, markAdmission, startOvnClusterManager } from './index.ts';

it('assigns and marks on the embedded API server too, where nobody else may mark', async () => {
  const server = await createApiServer({
    crds: [networkCrds.egressips],
    admission: markAdmission,
    tokens: {
      admin: { user: 'admin', groups: ['system:masters'] },
      manager: { user: clusterManagerUser, groups: ['system:masters'] },
    },
  });
  const client = (token: string) => createRestClient(staticConnection({ server: server.url, token }));
  const [admin, manager] = [client('admin'), client('manager')];
  const objects = new ResourceClient(admin, egressIps);
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
  await new ResourceClient(admin, nodes).mergePatch(
    { name: 'node1' },
    { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
    { subresource: 'status' },
  );
  const standIn = await startOvnClusterManager({ rest: manager });
  await objects.create({
    metadata: { name: 'one', annotations: { mine: 'lost' } },
    spec: { egressIPs: ['FD00::0:10'], namespaceSelector: {} },
  });
  await until(async () =>
    expect(await objects.get({ name: 'one' })).toMatchObject({
      status: { items: [{ node: 'node1', egressIP: 'fd00::10' }] },
    }),
  );
  expect((await objects.get({ name: 'one' })).metadata.annotations).toEqual({ 'k8s.ovn.org/egressip-mark': '50000' });
  await expect(
    objects.mergePatch({ name: 'one' }, { metadata: { annotations: { 'k8s.ovn.org/egressip-mark': null } } }),
  ).rejects.toSatisfy(isInvalid);
  await standIn.stop();
  admin.close();
  manager.close();
  await server.stop();
});
