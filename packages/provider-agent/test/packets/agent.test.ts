import { egressNodes } from '@egressip-ipam/agent';
import { ResourceClient } from '@egressip-ipam/kube';
import { nodeNetworkUnavailable } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, eventually } from './agent-machines.ts';
import { startTimeLimit } from './time-limit.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());

describe.skipIf(reason !== undefined)(
  `agents on machines of their own${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let cluster: AgentCluster;
    const all = ['192.0.2.101', '192.0.2.102', '192.0.2.103', '2001:db8::101'];

    beforeAll(async () => {
      cluster = await startAgentCluster();
      cluster.keepAsking(all);
    });
    afterAll(() => cluster?.close());

    it('take an address in its form, announce it in both forms, and answer for it', async () => {
      expect(await cluster.attach('192.0.2.101', 'a')).toBe('done');
      expect(await cluster.attach('2001:db8::101', 'a')).toBe('done');
      const shown = await cluster.machine('a').run('ip', ['-o', 'address', 'show', 'dev', 'eth0']);
      expect(shown).toMatch(/192\.0\.2\.101\/32 scope host .*valid_lft [1-6]sec/);
      expect(shown).toMatch(/2001:db8::101\/128 scope global .*deprecated .*valid_lft [1-6]sec preferred_lft 0sec/);
      const mac = await cluster.machine('a').mac('eth0');
      await eventually('both are announced and answered for', async () => {
        const said = (address: string, type: string) =>
          cluster.recorder.neighbourMessages.filter(
            (message) => message.address === address && message.type === type && message.mac === mac,
          ).length;
        return (
          said('192.0.2.101', 'announcement') >= 2 &&
          said('192.0.2.101', 'answer') > 0 &&
          said('2001:db8::101', 'announcement') > 0 &&
          said('2001:db8::101', 'answer') > 0
        );
      });
    });

    it('put back what somebody else takes off, and say so', async (context) => {
      const hold = startTimeLimit();
      await cluster.machine('a').run('ip', ['address', 'del', '192.0.2.101/32', 'dev', 'eth0']);
      const milliseconds = await eventually('it is back', async () =>
        (await cluster.holders('192.0.2.101')).includes('a'),
      );
      await eventually('it is said', async () =>
        /took it off the node 1 times/.test((await cluster.node('a')).status.addresses[0]?.message ?? ''),
      );
      hold(context, milliseconds, 1_500);
    });

    it('put back at a pace what somebody takes off again and again, and say so in few writes and lines', async () => {
      const [{ resourceVersion }, lines] = [await cluster.node('a'), cluster.log('a').length];
      const script = 'while :; do ip address del 192.0.2.101/32 dev eth0 2>/dev/null; sleep 0.02; done';
      const somebody = cluster.machine('a').spawn('sh', ['-c', script], { stdio: 'ignore' });
      await eventually('it is said', async () =>
        /took it off the node 32 times or more/.test((await cluster.node('a')).status.addresses[0]?.message ?? ''),
      );
      somebody.kill('SIGKILL');
      await eventually('it is back', async () => (await cluster.holders('192.0.2.101')).includes('a'));
      const told = cluster
        .log('a')
        .slice(lines)
        .filter((line) => line.includes('took an address off'));
      expect(told.length).toBeLessThanOrEqual(6);
      const { items } = await new ResourceClient(cluster.rest, egressNodes).list();
      const written = items.find(({ metadata }) => metadata.name === 'a')?.metadata.resourceVersion;
      // Renewals of three agents count, too.
      expect(Number(written) - Number(resourceVersion)).toBeLessThanOrEqual(24);
    });

    it('put back the rule that keeps connections, when somebody loads a firewall anew', async () => {
      const { machine } = cluster;
      await machine('a').run('nft', ['flush', 'ruleset']);
      await eventually('it is back', async () =>
        (await machine('a').run('nft', ['list', 'table', 'inet', 'egressip-ipam'])).includes('192.0.2.101'),
      );
      await eventually('it is said', () => cluster.log('a').some((line) => line.includes('took away the rule')));
    });

    it('announce an address again when its interface gets another MAC address', async () => {
      const mac = '02:11:22:33:44:55';
      const announced = (): readonly number[] =>
        cluster.recorder.neighbourMessages.flatMap(({ type, at }) => (type === 'announcement' ? [at] : []));
      await eventually('nothing is being announced any more', () => Date.now() - (announced().at(-1) ?? 0) > 1_500);
      await cluster.machine('a').run('ip', ['link', 'set', 'eth0', 'address', mac]);
      await eventually('it is announced, in both families', () =>
        ['192.0.2.101', '2001:db8::101'].every((address) =>
          cluster.recorder.neighbourMessages.some(
            (one) => one.address === address && one.type === 'announcement' && one.mac === mac,
          ),
        ),
      );
    });

    it('give an address its form again that somebody put there in another', async () => {
      const { machine } = cluster;
      const lines = 'address del 192.0.2.101/32 dev eth0\naddress add 192.0.2.101/32 dev eth0 label eth0:web\n';
      await machine('a').run('ip', ['-batch', '-'], lines);
      await eventually('it is of the node alone again', async () =>
        /192\.0\.2\.101\/32 scope host .*valid_lft [1-6]sec/.test(
          await machine('a').run('ip', ['-o', 'address', 'show', 'dev', 'eth0']),
        ),
      );
    });

    it('say that somebody put an address there a second time, and let it go nowhere before that is off', async () => {
      const { machine } = cluster;
      await machine('a').run('ip', ['address', 'add', '192.0.2.101/24', 'dev', 'eth0']);
      await eventually('it is said', async () =>
        /too, as 192\.0\.2\.101\/24/.test((await cluster.node('a')).status.addresses[0]?.message ?? ''),
      );
      expect(await cluster.move('192.0.2.101', 'a', 'b')).toMatch(/^transient: .*on node a a second time/);
      expect(await cluster.holders('192.0.2.101')).toEqual(['a']);
      await machine('a').run('ip', ['address', 'del', '192.0.2.101/24', 'dev', 'eth0']);
      await eventually(
        'that is told',
        async () => !(await cluster.node('a')).status.interfaces[0]?.addresses.includes('192.0.2.101'),
      );
    });

    it('leave alone what somebody else put there', async () => {
      await cluster.machine('b').run('ip', ['address', 'add', '192.0.2.109/32', 'dev', 'eth0']);
      await cluster.wish('b', [{ address: '192.0.2.109', reason: 'a test' }]);
      await eventually(
        'it is called foreign',
        async () => (await cluster.node('b')).status.addresses[0]?.state === 'Foreign',
      );
      await cluster.wish('b', []);
      await eventually('it is forgotten', async () => (await cluster.node('b')).status.addresses.length === 0);
      expect(await cluster.holders('192.0.2.109')).toEqual(['b']);
    });

    it('tell what a node answers for on an interface that they never use, such as an address of a load balancer', async () => {
      const taken = '192.0.2.108';
      await cluster.machine('c').run('ip', ['address', 'add', `${taken}/32`, 'dev', 'lo']);
      await eventually('it is told', async () =>
        (await cluster.node('c')).status.interfaces.some(({ addresses }) => addresses.includes(taken)),
      );
      expect(await cluster.attach(taken, 'a')).toMatch(/^conflict: .* is an address of node c itself/);
      await cluster.machine('c').run('ip', ['address', 'del', `${taken}/32`, 'dev', 'lo']);
    });

    it('find a duplicate on the wire before they use it, and name its MAC address', async () => {
      await cluster.machine('c').run('ip', ['address', 'add', '192.0.2.150/32', 'dev', 'eth0', 'scope', 'host']);
      const mac = await cluster.machine('c').mac('eth0');
      await cluster.wish('a', [
        { address: '192.0.2.101', reason: '' },
        { address: '192.0.2.150', reason: '' },
        { address: '2001:db8::101', reason: '' },
      ]);
      await eventually('it is found', async () =>
        (await cluster.node('a')).status.addresses.some(
          ({ state, duplicateMAC }) => state === 'Duplicate' && duplicateMAC === mac,
        ),
      );
      expect(await cluster.holders('192.0.2.150')).toEqual(['c']);
      await cluster.machine('c').run('ip', ['address', 'del', '192.0.2.150/32', 'dev', 'eth0']);
      await cluster.wish('a', [
        { address: '192.0.2.101', reason: '' },
        { address: '2001:db8::101', reason: '' },
      ]);
    });

    it('hand an address over, without a look at the network, within a second', async (context) => {
      const [start, hold] = [performance.now(), startTimeLimit()];
      expect(await cluster.move('192.0.2.101', 'a', 'b')).toBe('done');
      const milliseconds = performance.now() - start;
      expect(await cluster.holders('192.0.2.101')).toEqual(['b']);
      hold(context, milliseconds, 1_000);
    });

    it('go on with their addresses when killed and started again', async (context) => {
      const hold = startTimeLimit();
      cluster.agent('b').kill('SIGKILL');
      cluster.startAgent('b');
      const end = performance.now() + 7_000;
      let without = 0;
      while (performance.now() < end) {
        const holders = await cluster.holders('192.0.2.101');
        expect([[], ['b']]).toContainEqual(holders);
        // The kernel keeps it for seconds: it is lost only where a process takes longer to start.
        if (holders.length === 0) without += 200;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await eventually('it has its address', async () => (await cluster.holders('192.0.2.101')).includes('b'));
      hold(context, without, 0);
    });

    it('are replaced one by one, as by a new image, and no address is off its node for a moment', async () => {
      await eventually('it has its address', async () => (await cluster.holders('192.0.2.101')).includes('b'));
      const gaps: string[] = [];
      const watch = setInterval(() => {
        if (!cluster.kernelOf('b').has('192.0.2.101')) gaps.push('192.0.2.101 is on no node');
      }, 10);
      for (const name of cluster.names) {
        const former = cluster.agent(name);
        const lines = cluster.log(name).length;
        const logged = (text: string) => (): boolean =>
          cluster
            .log(name)
            .slice(lines)
            .some((line) => line.includes(text));
        cluster.startAgent(name);
        await eventually('the new one waits', logged('another agent of this node still runs'));
        former.kill('SIGTERM');
        await eventually('it runs', logged('the agent runs'));
      }
      // What the former ones left would be over by then.
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      clearInterval(watch);
      expect(gaps).toEqual([]);
    }, 60_000);

    it('have never been two for one address', () => {
      expect(cluster.doubleAnswers(all)).toEqual([]);
    });
  },
);
