import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { servesNothing } from './options.ts';
import { createLog } from '../log/log.ts';
import { runOperator } from './run-operator.ts';

let held: Server | undefined;
afterEach(() => held?.close());

async function listenOn(port: number): Promise<number> {
  held = createServer().listen(port, '127.0.0.1');
  await once(held, 'listening');
  return (held.address() as AddressInfo).port;
}

function runWithoutCluster(port: number): Promise<number> {
  const log = createLog(() => undefined, { format: 'text', level: 'info', now: () => 0 });
  return runOperator(
    {
      ...servesNothing,
      kubeconfig: 'of-nobody.yaml',
      leaderElect: false,
      namespace: 'default',
      logLevel: 'info',
      healthProbeBindAddress: `127.0.0.1:${port}`,
    },
    log,
    new AbortController().signal,
  );
}

it('answers probes before it looks for a cluster, and no more once there is none', async () => {
  const port = await listenOn(0);
  await expect(runWithoutCluster(port)).rejects.toThrow(/^--health-probe-bind-address: .*EADDRINUSE/);
  held?.close();
  await expect(runWithoutCluster(port)).rejects.toThrow('of-nobody.yaml');
  expect(await listenOn(port)).toBe(port);
});
