import { ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkCrds } from '../crds/index.ts';
import { findEnvtestAssets, installCrds, startEnvtest, type Envtest } from '../envtest/index.ts';
import type { StandIn } from '../stand-in/cluster-loop.ts';
import { hostSubnets, namespaces, netNamespaces, nodes } from '../stand-in/resources.ts';
import { until } from '../stand-in/testing/until.ts';
import { startSdnMaster } from './index.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

describe('startSdnMaster on a real API server', unless(findEnvtestAssets() === undefined, noRealServer), () => {
  let envtest: Envtest;
  let rest: RestClient;
  let master: StandIn | undefined;
  beforeAll(async () => {
    envtest = await startEnvtest();
    rest = envtest.client();
    await installCrds(rest, [networkCrds.hostsubnets, networkCrds.netnamespaces]);
  });
  afterAll(async () => {
    await master?.stop();
    await envtest.stop();
  });

  it('mirrors nodes and namespaces and places what egressCIDRs allow', async () => {
    const hosts = new ResourceClient(rest, hostSubnets);
    const setReady = (name: string, status: string): Promise<unknown> =>
      new ResourceClient(rest, nodes).mergePatch(
        { name },
        {
          status: {
            conditions: [{ type: 'Ready', status }],
            addresses: [{ type: 'InternalIP', address: `172.17.0.${name.slice(4)}` }],
          },
        },
        { subresource: 'status' },
      );
    for (const name of ['node3', 'node4']) {
      await new ResourceClient(rest, nodes).create({ metadata: { name } });
      await setReady(name, 'True');
    }
    await new ResourceClient(rest, namespaces).create({ metadata: { name: 'tenant' } });
    master = await startSdnMaster({ rest, creationDelay: 50 });
    await until(async () =>
      expect((await hosts.list()).items).toMatchObject([
        { host: 'node3', hostIP: '172.17.0.3' },
        { host: 'node4', hostIP: '172.17.0.4' },
      ]),
    );
    const claims = new ResourceClient(rest, netNamespaces);
    await until(async () => expect(await claims.get({ name: 'tenant' })).toMatchObject({ netname: 'tenant' }));
    expect(await claims.get({ name: 'default' })).toMatchObject({ netid: 0 });

    await hosts.mergePatch({ name: 'node3' }, { egressCIDRs: ['172.17.0.0/24'] });
    await claims.mergePatch({ name: 'tenant' }, { egressIPs: ['172.17.0.100'] });
    await until(async () => expect(await hosts.get({ name: 'node3' })).toMatchObject({ egressIPs: ['172.17.0.100'] }));
    await hosts.mergePatch({ name: 'node4' }, { egressCIDRs: ['172.17.0.0/24'] });
    await setReady('node3', 'False');
    await until(async () => expect(await hosts.get({ name: 'node4' })).toMatchObject({ egressIPs: ['172.17.0.100'] }));
    expect(await hosts.get({ name: 'node3' })).toMatchObject({ egressIPs: [] });

    await new ResourceClient(rest, nodes).delete({ name: 'node3' });
    await until(async () => expect((await hosts.list()).items).toHaveLength(1));
  });
});
