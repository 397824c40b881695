import { createRestClient, ResourceClient, staticConnection, type Resource, type RestClient } from '@egressip-ipam/kube';
import { createApiServer, type ApiServer } from '@egressip-ipam/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { openCrd } from '../trial/trial-crds.ts';
import { chooseNetwork } from './choose-network.ts';
import { egressIPs, hostSubnets, networks, nodes } from './resources.ts';

describe('the network is found', () => {
  let server: ApiServer;
  let rest: RestClient;
  const serve = async (...kinds: readonly Resource[]): Promise<void> => {
    server = await createApiServer({ crds: kinds.map(openCrd) });
    rest = createRestClient(staticConnection({ server: server.url }));
  };
  const create = (resource: Resource, name: string, more: object = {}): Promise<unknown> => new ResourceClient(rest, resource).create({ metadata: { name }, ...more });
  const found = async (): Promise<string | undefined> => (await chooseNetwork(rest, undefined))?.kind;
  afterEach(async () => {
    rest.close();
    await server.stop();
  });

  it('by the kinds that are served', async () => {
    await serve(hostSubnets);
    expect(await found()).toBe('openshift-sdn');
    rest.close();
    await server.stop();
    await serve(egressIPs);
    expect(await found()).toBe('ovn-kubernetes');
  });

  it('by what there is, where both are served: HostSubnets may be left of a migration', async () => {
    await serve(hostSubnets, egressIPs);
    expect(await found()).toBeUndefined();
    await create(hostSubnets, 'n1');
    expect(await found()).toBe('openshift-sdn');
    await create(nodes, 'n1');
    await new ResourceClient(rest, nodes).mergePatch({ name: 'n1' }, { metadata: { annotations: { 'k8s.ovn.org/node-subnets': '{"default":["10.128.0.0/23"]}' } } });
    expect(await found()).toBe('ovn-kubernetes');
  });

  it('by what OpenShift says above all: annotations may be left of a migration that was undone', async () => {
    await serve(hostSubnets, egressIPs, networks);
    await create(hostSubnets, 'n1');
    await create(nodes, 'n1');
    await new ResourceClient(rest, nodes).mergePatch({ name: 'n1' }, { metadata: { annotations: { 'k8s.ovn.org/node-subnets': '{}' } } });
    expect(await found()).toBe('ovn-kubernetes');
    await create(networks, 'cluster', { status: { networkType: 'OpenShiftSDN' } });
    expect(await found()).toBe('openshift-sdn');
  });
});
