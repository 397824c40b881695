import type { OvnClusterManager } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { egressIPs } from '../support/resources.ts';
import { oneServer } from '../support/start-server.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';

const poll = { timeout: 30_000, interval: 50 };
const rounds = 3;
/** Milliseconds for which the Lease holds. */
const duration = 2_000;
/** Until the operator takes a manager to be away that renews its Lease no more. */
const silence = duration / 2 + 30_000;
/** Until it takes one that took the Lease to have looked which marks there are. */
const settling = 10_000;

describe.each(oneServer)('OVN-Kubernetes whose cluster manager restarts while namespaces come, on %s', (server) => {
  const namespaces: string[] = [];
  let cluster: OvnCluster;
  let manager: OvnClusterManager;
  let passed = 0;

  beforeAll(async () => {
    const now = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => now() + passed);
    // It looks a while after it took its Lease: the real one reads first what there is.
    cluster = await startOvnCluster(server, { manager: { lease: { namespace: 'default', duration }, delay: 300 } });
    manager = cluster.standIns.at(-1) as OvnClusterManager;
    for (const number of [1, 2, 3]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    cluster.run();
  }, 120_000);
  afterAll(async () => {
    await cluster.stop();
    vi.restoreAllMocks();
  }, 60_000);

  /** All clocks of the day go on by so much; those that measure do not. */
  const pass = (milliseconds: number): void => void (passed += milliseconds);
  const add = async (...names: readonly string[]): Promise<void> => {
    namespaces.push(...names);
    await Promise.all(names.map((name) => cluster.addNamespace(name)));
  };
  const unserved = async (): Promise<readonly string[]> => {
    const assigned = await Promise.all(namespaces.map((name) => cluster.assigned(`egressip-${name}`)));
    return namespaces.filter((_, index) => assigned[index]?.length !== 1);
  };
  const marks = async (): Promise<readonly (string | undefined)[]> => {
    const { items } = await cluster.client(egressIPs).list();
    return items.map(({ metadata }) => metadata.annotations?.['k8s.ovn.org/egressip-mark']);
  };
  /** Whether the operator has said or done something about a namespace. */
  const isDecided = async (name: string): Promise<boolean> =>
    (await cluster.spec(`egressip-${name}`)) !== undefined ||
    (await cluster.events('ClusterManagerAway')).some((event) => event.startsWith(`${name}: `));
  const expectDistinctMarks = async (): Promise<void> => {
    await expect.poll(unserved, poll).toEqual([]);
    const given = await marks();
    expect(given).toHaveLength(namespaces.length);
    expect(given).not.toContain(undefined);
    expect(new Set(given).size).toBe(given.length);
  };
  /** Namespaces come while it is away, while another one starts, and thereafter. */
  const restart = async (round: string): Promise<void> => {
    await add(`away-${round}`);
    await expect.poll(() => isDecided(`away-${round}`), poll).toBe(true);
    await expect.poll(marks, poll).not.toContain(undefined);
    [manager] = await Promise.all([cluster.startClusterManager(), add(`early-${round}`)]);
    pass(settling);
    await add(`late-${round}`);
    await expectDistinctMarks();
  };

  it('gives each EgressIP a mark of its own before it restarts', async () => {
    await add('first', 'second');
    await expectDistinctMarks();
  }, 60_000);

  for (let round = 1; round <= rounds; round++) {
    it(`stopped properly, for time ${round}: all EgressIPs are assigned, each with a mark of its own`, async () => {
      await Promise.all([manager.stop(), add(`stop-${round}a`, `stop-${round}b`)]);
      await restart(`stopped-${round}`);
    }, 60_000);

    it(`killed, for time ${round}: what it has not seen is taken back before another looks`, async () => {
      await manager.kill();
      await add(`unseen-${round}`);
      await expect.poll(() => cluster.spec(`egressip-unseen-${round}`), poll).toBeDefined();
      pass(silence);
      await restart(`killed-${round}`);
    }, 60_000);
  }
});
