import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

const read = (path: string): Promise<string> => readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
const namesIn = (text: string): ReadonlySet<string> => new Set(text.match(/\begressip_[a-z_]+\b/g)?.map((name) => name.replace(/_(bucket|sum|count)$/, '')));

describe('names of metrics', async () => {
  const served = namesIn([...(await new Metrics().text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name).join(' '));

  it('are all explained, and nothing else is', async () => {
    expect([...namesIn(await read('docs/metrics.md'))].sort()).toEqual([...served].sort());
  });

  it.each(['deploy/manifests/optional/monitoring/prometheus-rule.yaml', 'deploy/monitoring/dashboard.json'])('that %s uses are served', async (path) => {
    const used = [...namesIn(await read(path))];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !served.has(name))).toEqual([]);
  });
});
