import { parseRoster, readAgentLease, rosterKey, rosterName } from '@egressip-ipam/agent';
import { leases, ResourceClient } from '@egressip-ipam/kube';
import { createFaultProxy, nodeNetworkUnavailable, type FaultProxy, type FaultRule } from '@egressip-ipam/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unless } from '../../../../tools/testing/unless.ts';
import { configMaps } from '../../src/cluster-view.ts';
import { startAgentCluster, type AgentCluster } from './agent-cluster.ts';
import { busyReason, during, eventually, namespace } from './agent-machines.ts';

const reason = nodeNetworkUnavailable() ?? (await busyReason());
const term = 6_000;
/** Seconds for which agents are refused. */
const refused = (2 * term) / 1_000;

describe('an address whose agents are answered and not served', unless(reason !== undefined, reason ?? ''), () => {
  let cluster: AgentCluster;
  let proxy: FaultProxy;
  const address = '192.0.2.101';

  beforeAll(async () => {
    cluster = await startAgentCluster({
      term: term / 1_000,
      urlFor: async ({ url }) => (proxy = await createFaultProxy({ target: { url } })).url,
    });
    cluster.keepAsking([address]);
    expect(await cluster.attach(address, 'a')).toBe('done');
  }, 90_000);
  afterEach(() => expect(cluster.doubleAnswers([address])).toEqual([]));
  afterAll(async () => {
    await cluster?.close();
    await proxy?.close();
  });

  const allKnow = async (): Promise<boolean> => {
    const { data } = await new ResourceClient(cluster.rest, configMaps).get({ name: rosterName, namespace });
    const { items } = await new ResourceClient(cluster.rest, leases).list({ namespace });
    const newest = parseRoster((data as Readonly<Record<string, string>>)[rosterKey] ?? '')?.number;
    return items.every((item) => readAgentLease(item)?.counted === newest);
  };

  it.each<[string, FaultRule]>([
    ['all their tokens ran out while nobody could renew them', { fault: { kind: 'status', status: 401 } }],
    ['somebody took away what they may do', { fault: { kind: 'status', status: 403 } }],
    ['the API server is overloaded', { fault: { kind: 'status', status: 429 } }],
    // The operator's writes are not theirs: it sees all of them silent, and asks.
    ['their renewals alone are refused', { fault: { kind: 'status', status: 403 }, method: 'PUT' }],
    ['a webhook for their renewals is away', { fault: { kind: 'status', status: 500 }, method: 'PUT' }],
    ['nothing serves behind a load balancer', { fault: { kind: 'status', status: 503 } }],
  ])(
    'stays where it is while %s, and they ask seldom',
    async (_, rule) => {
      proxy.add(rule);
      proxy.cutWatches();
      const before = proxy.counts();
      await during(1_000 * refused, async () => expect(await cluster.holders(address)).toEqual(['a']));
      const { status, passed } = proxy.counts();
      proxy.clearRules();
      // Once a second, and once more for a peer that asks, each looks for its Lease; beside that, what it watches.
      expect((status - before.status + passed - before.passed) / refused / cluster.names.length).toBeLessThan(5);
      // Else the next trouble would find its node behind the others.
      await eventually('they know what was asked meanwhile', allKnow, term);
      await during(term, async () => expect(await cluster.holders(address)).toEqual(['a']));
    },
    60_000,
  );
});
