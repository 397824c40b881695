import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';
import { realServer } from './support/start-server.ts';
import { SdnCluster } from './sdn/sdn-cluster.ts';

const poll = { timeout: 60_000, interval: 100 };

/** What an API server makes of objects for `kubectl get`. */
interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** Asks as kubectl does. */
async function getTable({ url, ca }: SdnCluster['server']['target']): Promise<Table> {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io', authorization: 'Bearer operator' };
  const asked = request(`${url}/apis/redhatcop.redhat.io/v1alpha1/egressipams`, { headers, ca });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return (await json(answer)) as Table;
}

describe('what kubectl prints of EgressIPAMs', unless(realServer.length === 0, noRealServer), () => {
  let cluster: SdnCluster;
  beforeAll(async () => {
    cluster = await SdnCluster.start('a real API server');
    for (const [name, zone, address] of [
      ['a1', 'a', '10.0.9.1'],
      ['b1', 'b', '10.0.9.2'],
    ] as const)
      await cluster.addNode(name, zone, address);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await cluster.addPool('small', [{ CIDR: '10.0.1.0/30', labelValue: 'b' }]);
    cluster.run();
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  /** By column, each row as `kubectl get` (or `-o wide`) has it; without the age. */
  const printed = async (isWide = false): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const table = await getTable(cluster.server.target);
    return table.rows.map(({ cells }) =>
      Object.fromEntries(
        table.columnDefinitions.flatMap(({ name, priority }, index) =>
          name === 'Age' || (priority > 0 && !isWide) ? [] : [[name.toUpperCase(), cells[index]]],
        ),
      ),
    );
  };

  it('is how well and how full they are', async () => {
    await expect
      .poll(() => printed(), poll)
      .toEqual([
        { NAME: 'pool', READY: 'True', SERVED: '0/0', CARRIED: '0/0', FREE: '14', REASON: 'AllServed' },
        { NAME: 'small', READY: 'True', SERVED: '0/0', CARRIED: '0/0', FREE: '2', REASON: 'AllServed' },
      ]);
    for (const name of ['one', 'two']) await cluster.addNamespace(name);
    await cluster.addNamespace('mistyped', { egressipam: 'pool', egressips: 'nonsense' });
    for (const name of ['x', 'y', 'z']) await cluster.addNamespace(name, { egressipam: 'small' });
    await expect
      .poll(() => printed(), poll)
      .toEqual([
        { NAME: 'pool', READY: 'True', SERVED: '2/3', CARRIED: '2/3', FREE: '12', REASON: 'SomeRefused' },
        { NAME: 'small', READY: 'False', SERVED: '2/3', CARRIED: '2/3', FREE: '0', REASON: 'ClaimsWaiting' },
      ]);
  }, 120_000);

  it('is why not, where addresses carry nothing', async () => {
    await cluster.setReady('a1', false);
    await expect
      .poll(async () => (await printed())[0], poll)
      .toEqual({
        NAME: 'pool',
        READY: 'False',
        SERVED: '2/3',
        CARRIED: '0/3',
        FREE: '12',
        REASON: 'NotCarried',
      });
    expect((await printed(true))[0]).toMatchObject({ TOPOLOGY: 'zone', CIDRS: '10.0.0.0/28' });
  }, 120_000);
});
