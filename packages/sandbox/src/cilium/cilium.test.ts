import { createRestClient, ResourceClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../api-server/index.ts';
import { networkCrds } from '../crds/index.ts';
import { ciliumEgressGatewayPolicies, nodes } from '../stand-in/resources.ts';
import { seededRandom } from '../stand-in/seeded-random.ts';
import { until } from '../stand-in/testing/until.ts';
import { startCilium, type Cilium } from './index.ts';
import { testPod, testPolicy } from './testing/agents.ts';

describe('startCilium', () => {
  let server: ApiServer;
  let rest: RestClient;
  let cilium: Cilium;
  const held = new Map<string, Set<string>>();
  const maps: string[] = [];
  const policies = (): ResourceClient => new ResourceClient(rest, ciliumEgressGatewayPolicies);

  beforeEach(async () => {
    server = await createApiServer({ crds: [networkCrds.ciliumegressgatewaypolicies] });
    rest = createRestClient(staticConnection({ server: server.url }));
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      held.set(name, new Set());
      await new ResourceClient(rest, nodes).create({
        metadata: { name, labels: { 'kubernetes.io/hostname': name, role: name } },
      });
      await new ResourceClient(rest, nodes).mergePatch(
        { name },
        { status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${index + 1}` }] } },
        { subresource: 'status' },
      );
    }
    cilium = await startCilium({
      rest,
      interval: 20,
      lag: 5,
      random: seededRandom(1),
      addressesOf: (node) => held.get(node) ?? new Set(),
      onMaps: (node) => maps.push(node),
    });
    cilium.addPod(testPod(1));
  });
  afterEach(async () => {
    await cilium.stop();
    rest.close();
    await server.stop();
  });

  const traffic = (): unknown => cilium.traffic('pod-1', '198.51.100.1');
  const flows = (node: string): Promise<void> =>
    until(async () => expect(traffic()).toMatchObject({ kind: 'egress', node }));

  it('follows policies and nodes: address, then policy; another write to a policy makes it look again', async () => {
    held.get('b')?.add('10.0.0.100');
    await policies().create(testPolicy('team', '10.0.0.100', 'b'));
    await flows('b');
    expect(new Set(maps)).toEqual(new Set(['a', 'b', 'c']));
    expect(cilium.entries('a')).toMatchObject([
      { source: '10.1.0.1', destination: '0.0.0.0/0', value: { address: '10.0.0.2' } },
    ]);

    await policies().mergePatch({ name: 'team' }, { spec: { egressGateway: { egressIP: '10.0.0.101' } } });
    await until(async () => expect(traffic()).toEqual({ kind: 'dropped', reason: 'No Egress IP configured' }));
    held.get('b')?.add('10.0.0.101');
    await policies().mergePatch({ name: 'team' }, { metadata: { annotations: { look: 'again' } } });
    await flows('b');
    await policies().delete({ name: 'team' });
    await until(async () => expect(traffic()).toEqual({ kind: 'node', node: 'a' }));
  });

  it("a dead node's labels are frozen: unlabelling it does nothing, another selection does", async () => {
    const select = (role: string) => ({
      egressGateway: { nodeSelector: { matchLabels: { role } }, egressIP: '10.0.0.100' },
    });
    for (const name of ['b', 'c']) held.get(name)?.add('10.0.0.100');
    await policies().create(testPolicy('team', '10.0.0.100', 'b', select('b')));
    await flows('b');
    cilium.powerOff('b');
    expect(traffic()).toEqual({ kind: 'dropped', reason: 'node is down' });
    await new ResourceClient(rest, nodes).mergePatch({ name: 'b' }, { metadata: { labels: { role: 'none' } } });
    await new ResourceClient(rest, nodes).mergePatch({ name: 'c' }, { metadata: { labels: { role: 'b' } } });
    await until(async () => expect(cilium.entries('a')).toMatchObject([{ value: { address: '10.0.0.2' } }]));
    cilium.powerOn('b');
    await flows('c');
    await policies().mergePatch({ name: 'team' }, { spec: select('a') });
    held.get('a')?.add('10.0.0.100');
    await new ResourceClient(rest, nodes).mergePatch(
      { name: 'c' },
      { metadata: { annotations: { 'network.cilium.io/look': '1' } } },
    );
    await flows('a');
  });

  it('a dead agent goes on serving what it wrote, and hears nothing; one that comes back looks anew', async () => {
    for (const name of ['b', 'c']) held.get(name)?.add('10.0.0.100');
    await policies().create(testPolicy('team', '10.0.0.100', 'b'));
    await flows('b');
    cilium.stopAgent('a');
    await policies().mergePatch(
      { name: 'team' },
      { spec: { egressGateway: { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'c' } } } } },
    );
    await until(async () => expect(cilium.entries('b')).toMatchObject([{ value: { address: '10.0.0.3' } }]));
    expect(traffic()).toEqual({ kind: 'dropped', reason: 'No Egress IP configured' });
    cilium.startAgent('a');
    await flows('c');
  });
});
