import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../stand-in/testing/until.ts';
import { createNodeNetwork, nodeNetworkUnavailable, type Machine, type NodeNetwork, type Recorder } from './index.ts';

const reason = nodeNetworkUnavailable();

describe.skipIf(reason !== undefined)(
  `a network of namespaces${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let network: NodeNetwork;
    let [a, b]: (Machine | undefined)[] = [];
    let recorder: Recorder;

    const machineLink = (host: number) => [
      { device: 'eth0', segment: 'lan', addresses: [`192.0.2.${host}/24`, `2001:db8::${host}/64`] },
    ];
    const reaches = async (address: string): Promise<boolean> =>
      a!
        .run('ip', ['neigh', 'flush', 'dev', 'eth0'])
        .then(() => a!.run('busybox', ['ping', '-c1', '-W1', address]))
        .then(
          () => true,
          () => false,
        );

    beforeAll(async () => {
      network = await createNodeNetwork();
      await network.addSegment('lan');
      a = await network.addMachine('a', machineLink(1));
      b = await network.addMachine('b', machineLink(2));
      recorder = await network.record('lan');
    });

    afterAll(async () => {
      await recorder.stop();
      await network.close();
    });

    it('shows every answer of ARP and neighbour discovery, and whose it is', async () => {
      expect([await reaches('192.0.2.2'), await reaches('2001:db8::2')]).toEqual([true, true]);
      const mac = await b!.mac('eth0');
      await until(async () =>
        expect(recorder.neighbourMessages).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ type: 'answer', address: '192.0.2.2', mac }),
            expect.objectContaining({ type: 'answer', address: '2001:db8::2', mac }),
          ]),
        ),
      );
    });

    it('cuts machines from one another, and joins them again', async () => {
      await network.setCuts([['a', 'b']]);
      expect(await reaches('192.0.2.2')).toBe(false);
      await network.setCuts([]);
      expect(await reaches('192.0.2.2')).toBe(true);
    });

    it('powers a machine off with all that runs on it, and on again', async () => {
      const child = b!.spawn('sleep', ['60'], { stdio: 'ignore' });
      await network.powerOff('b');
      await until(async () => expect(child.signalCode).toBe('SIGKILL'));
      expect(await reaches('192.0.2.2')).toBe(false);
      b = await network.addMachine('b', machineLink(2));
      expect(await reaches('192.0.2.2')).toBe(true);
    });
  },
);
