import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { labelsExplained, labelsIn } from '../../../../tools/testing/metric-labels.ts';
import { Metrics } from './metrics.ts';

const page = await readFile(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
const [, section = ''] = page.split('## Metrics of the agents');

it('every metric is explained, and nothing else is', async () => {
  const explained = [...section.matchAll(/^\| `(egressip_\w+)`/gm)].map(([, name]) => name);
  const metrics = new Metrics(() => 1, { version: '1.2.3', commit: '0123abc' });
  const served = [...(await metrics.text()).matchAll(/^# TYPE (egressip_\S+)/gm)].map(([, name]) => name);
  expect(explained.sort()).toEqual(served.sort());
});

it('every metric has the labels that are explained, and no others', async () => {
  const metrics = new Metrics(() => 1, { version: '1.2.3', commit: '0123abc' });
  metrics.reported([{ address: '10.0.0.1', state: 'Held', since: '2026-01-01T00:00:00Z' }]);
  metrics.renewed(true, true);
  metrics.requested({ verb: 'get', resource: 'leases', status: 200, milliseconds: 1 });
  expect(labelsIn(await metrics.text())).toEqual(labelsExplained(section));
});

it('a hold that is over is none, and not a negative one', async () => {
  expect(await new Metrics(() => -5).text()).toContain('egressip_agent_hold_seconds 0');
});
