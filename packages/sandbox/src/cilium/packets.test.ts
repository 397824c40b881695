import { setTimeout as wait } from 'node:timers/promises';
import { createRestClient, ResourceClient, staticConnection, type RestClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiServer, type ApiServer } from '../api-server/index.ts';
import { networkCrds } from '../crds/index.ts';
import { createNodeNetwork, nodeNetworkUnavailable, type Machine, type NodeNetwork } from '../node-network/index.ts';
import { ciliumEgressGatewayPolicies, nodes } from '../stand-in/resources.ts';
import { seededRandom } from '../stand-in/seeded-random.ts';
import { until } from '../stand-in/testing/until.ts';
import { startCilium, type Cilium } from './index.ts';
import { packetRules } from './packet-rules.ts';
import { testPolicy } from './testing/agents.ts';

const reason = nodeNetworkUnavailable();
const names = ['a', 'b', 'c'];
const own = (index: number): string => `192.0.2.${index + 1}`;
const server = '192.0.2.200';
const egressIP = '192.0.2.100';

// Tells every sender which address its packet came from.
const echo = `const s = require('dgram').createSocket('udp4'); s.on('message', (_, peer) => s.send(peer.address, peer.port, peer.address)); s.bind(7);`;
const ask = `const s = require('dgram').createSocket('udp4'); s.on('message', (from) => { console.log(String(from)); process.exit(); });
s.send('?', 7, '${server}'); setTimeout(() => { console.log('nothing'); process.exit(); }, 700);`;

describe.skipIf(reason !== undefined)(
  `packets by Cilium's maps${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let network: NodeNetwork;
    let api: ApiServer;
    let rest: RestClient;
    let cilium: Cilium;
    let pod: Machine;
    const machines = new Map<string, Machine>();
    const held = new Map(names.map((name) => [name, new Set<string>()]));
    const policies = (): ResourceClient => new ResourceClient(rest, ciliumEgressGatewayPolicies);
    const machine = (name: string): Machine => machines.get(name)!;
    const source = async (): Promise<string> => (await pod.run(process.execPath, ['-e', ask])).trim();
    const leavesBy = (address: string): Promise<void> => until(async () => expect(await source()).toBe(address));

    async function hold(name: string, address: string): Promise<void> {
      await machine(name).run('ip', ['addr', 'add', `${address}/32`, 'scope', 'host', 'dev', 'eth0']);
      await machine(name)
        .run('arping', ['-q', '-U', '-c1', '-I', 'eth0', '-s', address, address])
        .catch(() => undefined);
      held.get(name)?.add(address);
    }
    async function release(name: string, address: string): Promise<void> {
      await machine(name).run('ip', ['addr', 'del', `${address}/32`, 'dev', 'eth0']);
      held.get(name)?.delete(address);
    }
    const marks = (name: string): ReadonlyMap<string, number> =>
      new Map(names.flatMap((other, index) => (other === name ? [] : [[own(index), index + 1]])));

    /** A node: outside, towards the others, and towards its pods; a table of routes for each mark. */
    async function addNode(name: string, index: number): Promise<void> {
      const node = await network.addMachine(name, [
        { device: 'eth0', segment: 'lan', addresses: [`${own(index)}/24`] },
        { device: 'overlay', segment: 'overlay', addresses: [`172.30.0.${index + 1}/24`] },
        { device: 'pods', segment: `pods-${name}`, addresses: [`10.1.${index + 1}.1/24`] },
      ]);
      machines.set(name, node);
      const others = names.map((_, other) => other).filter((other) => other !== index);
      await node.run('sysctl', [
        '-qw',
        'net.ipv4.conf.all.rp_filter=0',
        'net.ipv4.conf.eth0.rp_filter=0',
        'net.ipv4.conf.overlay.rp_filter=0',
        'net.ipv4.conf.pods.rp_filter=0',
      ]);
      await node.run(
        'ip',
        ['-batch', '-'],
        others
          .map((other) =>
            [
              `route add 10.1.${other + 1}.0/24 via 172.30.0.${other + 1}`,
              `route add default via 172.30.0.${other + 1} table ${other + 1}`,
              `rule add fwmark ${other + 1} table ${other + 1}`,
            ].join('\n'),
          )
          .join('\n') + '\n',
      );
      await node.run('nft', ['-f', '-'], packetRules([], { outside: 'eth0', overlay: 'overlay', marks: marks(name) }));
    }

    beforeAll(async () => {
      network = await createNodeNetwork();
      for (const segment of ['lan', 'overlay', ...names.map((name) => `pods-${name}`)])
        await network.addSegment(segment);
      for (const [index, name] of names.entries()) await addNode(name, index);
      const echoServer = await network.addMachine('server', [
        { device: 'eth0', segment: 'lan', addresses: [`${server}/24`] },
      ]);
      echoServer.spawn(process.execPath, ['-e', echo], { stdio: 'ignore' });
      pod = await network.addMachine('pod', [{ device: 'eth0', segment: 'pods-a', addresses: ['10.1.1.10/24'] }]);
      await pod.run('ip', ['route', 'add', 'default', 'via', '10.1.1.1']);

      api = await createApiServer({ crds: [networkCrds.ciliumegressgatewaypolicies] });
      rest = createRestClient(staticConnection({ server: api.url }));
      for (const [index, name] of names.entries()) {
        await new ResourceClient(rest, nodes).create({
          metadata: { name, labels: { 'kubernetes.io/hostname': name } },
        });
        await new ResourceClient(rest, nodes).mergePatch(
          { name },
          { status: { addresses: [{ type: 'InternalIP', address: own(index) }] } },
          { subresource: 'status' },
        );
      }
      cilium = await startCilium({
        rest,
        interval: 50,
        lag: 10,
        random: seededRandom(1),
        addressesOf: (node) => held.get(node) ?? new Set(),
        onMaps: (node, entries) =>
          void machines
            .get(node)
            ?.run('nft', ['-f', '-'], packetRules(entries, { outside: 'eth0', overlay: 'overlay', marks: marks(node) }))
            .catch(() => undefined),
      });
      cilium.addPod({ uid: 'pod', namespace: 'team', node: 'a', addresses: ['10.1.1.10'] });
    });
    afterAll(async () => {
      await cilium?.stop();
      rest?.close();
      await api?.stop();
      await network?.close();
    });

    it('without a policy leave by the address of their node', () => leavesBy(own(0)));

    it('leave by the egress IP of the gateway, and their answers come back', async () => {
      await hold('b', egressIP);
      await policies().create(testPolicy('team', egressIP, 'b'));
      await leavesBy(egressIP);
      expect(cilium.traffic('pod', server)).toMatchObject({ kind: 'egress', node: 'b', egressIP });
    });

    it('follow the address to another node: address, then policy', async () => {
      await release('b', egressIP);
      await hold('c', egressIP);
      await policies().mergePatch(
        { name: 'team' },
        { spec: { egressGateway: { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'c' } } } } },
      );
      await until(async () => expect(cilium.traffic('pod', server)).toMatchObject({ kind: 'egress', node: 'c' }));
      await leavesBy(egressIP);
    });

    it('are dropped, and never leave by another address, where the gateway lacks the address', async () => {
      await release('c', egressIP);
      await policies().mergePatch({ name: 'team' }, { metadata: { annotations: { look: 'again' } } });
      await until(async () =>
        expect(cilium.traffic('pod', server)).toEqual({ kind: 'dropped', reason: 'No Egress IP configured' }),
      );
      await leavesBy('nothing');
    });

    it('are lost at a gateway without power', async () => {
      await hold('c', egressIP);
      await policies().mergePatch({ name: 'team' }, { metadata: { annotations: { look: 'once more' } } });
      await leavesBy(egressIP);
      cilium.powerOff('c');
      await network.powerOff('c');
      await wait(0);
      expect(await source()).toBe('nothing');
    });
  },
);
