import { emptyRoster, parseRoster, rosterKey, rosterName, type AgentLease, type Roster } from '@egressip-ipam/agent';
import { ResourceClient } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMaps, type ClusterView } from '../src/cluster-view.ts';
import { RosterWriter } from '../src/roster-writer.ts';
import { Sightings } from '../src/sightings.ts';
import { namespace, startMemoryAgents, type MemoryAgents } from './memory-agents.ts';

describe('the roster', () => {
  let agents: MemoryAgents;

  beforeAll(async () => {
    agents = await startMemoryAgents([]);
  });
  afterAll(() => agents?.close());

  it('forgets whom an agent counted whose Lease was taken away, as one that stays down for weeks', async () => {
    const sightings = new Sightings();
    let roster: Roster = emptyRoster;
    const view = { sightings, noteRoster: () => undefined, roster } as unknown as ClusterView;
    const writer = new RosterWriter(agents.rest, namespace, view);
    const see = (node: string, lease: Partial<AgentLease>): void => {
      const endpoint = { address: '192.0.2.1', port: 1 };
      const whole = { node, resourceVersion: '1', holder: node, term: 6_000, renewTime: '', counted: 0, ...lease };
      sightings.note({ acknowledged: 0, endpoint, ...whole }, 0);
    };
    see('down', { holder: undefined, acknowledged: 0, counted: 0 });
    for (let round = 0; round < 6; round++) {
      const { number } = roster;
      see('up', { acknowledged: number, counted: number });
      see(`new-${round}`, { acknowledged: number, counted: number });
      for (let other = 0; other < round; other++) see(`new-${other}`, { acknowledged: number, counted: number });
      await writer.ask();
      const found = await new ResourceClient(agents.rest, configMaps).get({ name: rosterName, namespace });
      roster = parseRoster((found['data'] as Record<string, string>)[rosterKey] ?? '') ?? emptyRoster;
    }
    expect(roster.number).toBe(6);
    expect(roster.generations.map(({ since }) => since)).toEqual([5, 6]);
  });

  it('goes on beyond what agents acknowledged in a history that the server lost', async () => {
    const sightings = new Sightings();
    const roster: Roster = { number: 5, generations: [] };
    const maps = new ResourceClient(agents.rest, configMaps);
    const name = { name: rosterName, namespace };
    const stored = async (): Promise<string | undefined> =>
      ((await maps.get(name))['data'] as Record<string, string>)[rosterKey];
    await maps.mergePatch(name, { data: { [rosterKey]: JSON.stringify(roster) } });
    const view = { sightings, noteRoster: () => undefined, roster } as unknown as ClusterView;
    const lease = { node: 'up', resourceVersion: '1', holder: 'up', term: 6_000, renewTime: '', endpoint: undefined };
    sightings.note({ ...lease, acknowledged: 5, counted: 5 }, 0);
    const writer = new RosterWriter(agents.rest, namespace, view);
    await writer.keep();
    expect(await stored()).toBe(JSON.stringify(roster));
    sightings.note({ ...lease, acknowledged: 7, counted: 6 }, 0);
    await writer.keep();
    expect(parseRoster((await stored()) ?? '')).toEqual({
      number: 1_007,
      generations: [{ since: 1_007, members: [] }],
    });
  });
});
