import { createAgentProvider } from '../src/create-agent-provider.ts';
import { expect, it } from 'vitest';
import { namespace, startMemoryAgents } from './memory-agents.ts';

const { signal } = new AbortController();
const lies = Array.from({ length: 20_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);

it('gives a node nothing more that says it has more addresses than nodes have, and tells so once', async () => {
  const subnets = ['10.0.0.0/24'];
  const agents = await startMemoryAgents([
    { name: 'good', subnets, addresses: ['10.0.0.1'] },
    { name: 'bad', subnets, addresses: ['10.0.0.2', ...lies] },
  ]);
  const notices: string[] = [];
  const provider = createAgentProvider({ rest: agents.rest, namespace, onNotice: (notice) => notices.push(notice) });
  try {
    const look = () => provider.observe({ nodes: [{ name: 'good' }, { name: 'bad' }], cidrs: ['10.0.0.0/8'], signal });
    await look();
    const { nodes, cidrs } = await look();
    const [good, bad] = nodes.map((node) => ('error' in node ? undefined : node));
    const [cidr] = cidrs.map((entry) => ('error' in entry ? undefined : entry));
    expect(good?.limits).toEqual({});
    expect(bad?.limits).toEqual({ ipv4: 1_024, ipv6: 0 });
    expect(cidr?.inUse.slice(0, 2).map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(cidr?.inUse).toHaveLength(1_025);
    expect(notices).toEqual([expect.stringMatching(/^EgressNode bad reports more .* is given no other address$/)]);
  } finally {
    await provider.close?.();
    await agents.close();
  }
});
