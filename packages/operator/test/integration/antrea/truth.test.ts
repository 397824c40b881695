import { isNotFound } from '@egressip-ipam/kube';
import { seededRandom } from '@egressip-ipam/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { egresses, externalIPPools } from '../support/resources.ts';
import { AntreaCluster, eventually, everywhere, podsOf } from './antrea-cluster.ts';

const names = ['one', 'two', 'three', 'four'];
const whole = ['True', '4/4', '4/4'];

describe.each(everywhere)(
  'law 12: what is said and what is so on Antrea, where $way, on $server',
  ({ way, server }) => {
    let cluster: AntreaCluster;

    beforeEach(async () => {
      cluster = await AntreaCluster.start(server, way);
      await cluster.addPool('pool', [{ CIDR: '10.0.0.128/28', labelValue: 'z' }]);
      cluster.run();
      for (const name of names) await cluster.addNamespace(name);
      await eventually(async () => expect(await cluster.summary()).toEqual(whole));
    }, 180_000);
    afterEach(async () => {
      await eventually(() => expect(cluster.laws.violations()).toEqual([]));
      expect(cluster.doubles).toEqual([]);
      await cluster.stop();
    }, 60_000);

    it('in a history of everything that happens to a cluster no status says more than was so', async () => {
      const random = seededRandom(12);
      const oneOf = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
      const off = new Set<string>();
      const egressOf = async (name: string): Promise<string> =>
        (await cluster.egressNames()).find((egress) => egress.startsWith(`egressip-ipam.${name}.`)) ?? 'none';
      const patch = async (spec: object, name = oneOf(names)): Promise<unknown> =>
        cluster.client(egresses).mergePatch({ name: await egressOf(name) }, { spec });
      const happenings: readonly (() => Promise<unknown>)[] = [
        async () => {
          const node = oneOf(['a', 'b', 'c']);
          if (off.delete(node)) await cluster.powerOn(node);
          else if (off.size < 2 && off.add(node)) await cluster.powerOff(node);
        },
        async () => cluster.client(egresses).delete({ name: await egressOf(oneOf(names)) }),
        () => patch({ appliedTo: { podSelector: { matchLabels: { app: 'web' } } } }),
        () => patch({ appliedTo: podsOf('default') }),
        () => patch({ egressIP: '10.0.0.141' }, 'four'),
        () => cluster.client(externalIPPools).delete({ name: 'egressip-ipam.pool.10-0-0-128-28' }),
        () => cluster.annotate(oneOf(names), { egressips: oneOf([null, '10.0.0.138', 'nonsense']) }),
        () => cluster.annotate(oneOf(names), { egressipam: oneOf([null, 'pool', 'pool']) }),
        async () => void (await cluster.operator.stop(), cluster.run()),
      ];
      for (let count = 0; count < 60; count += 1) {
        await oneOf(happenings)().catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
        await wait(random() * 400);
      }
      for (const node of off) await cluster.powerOn(node);
      for (const name of names) await cluster.annotate(name, { egressipam: 'pool', egressips: null });
      // Status is written some seconds after what it is about.
      await eventually(async () => expect(await cluster.egressNames()).toHaveLength(names.length));
      await eventually(async () => expect(await cluster.summary()).toEqual(whole));
      for (const name of names) expect(await cluster.annotation(name)).toMatch(/^10\.0\.0\.1\d\d$/);
    }, 240_000);
  },
);
