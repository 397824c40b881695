import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

it('every metric is explained, and nothing else is', async () => {
  const page = await readFile(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('## Metrics of the agents');
  const explained = [...section.matchAll(/^\| `(egressip_\w+)`/gm)].map(([, name]) => name);
  const metrics = new Metrics(() => 1, { version: '1.2.3', commit: '0123abc' });
  const served = [...(await metrics.text()).matchAll(/^# TYPE (egressip_\S+)/gm)].map(([, name]) => name);
  expect(explained.sort()).toEqual(served.sort());
});

it('a hold that is over is none, and not a negative one', async () => {
  expect(await new Metrics(() => -5).text()).toContain('egressip_agent_hold_seconds 0');
});
