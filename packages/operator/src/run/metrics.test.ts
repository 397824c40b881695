import { buildSnapshot, plan } from '@egressip-ipam/core';
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

  it.each(['deploy/manifests/optional/monitoring/prometheus-rule.yaml', 'deploy/helm/egressip-ipam-operator/files/dashboard.json'])('that %s uses are served', async (path) => {
    const used = [...namesIn(await read(path))];
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !served.has(name))).toEqual([]);
  });
});

describe('a replica that leads no more', () => {
  it('says nothing of what its last plan found, so that no alert stays for ever', async () => {
    const metrics = new Metrics();
    const series = async (): Promise<readonly string[]> => (await metrics.text()).split('\n').filter((line) => /^egressip_(findings|waiting_claims|leader)\b/.test(line));
    metrics.leads(true);
    metrics.planned({ ...plan(buildSnapshot({})), findings: [{ code: 'Unassigned', severity: 'error', object: { kind: 'Namespace', name: 'shop' }, message: '' }] }, 1);
    expect(await series()).toEqual(['egressip_waiting_claims 0', 'egressip_findings{code="Unassigned"} 1', 'egressip_leader 1']);
    metrics.leads(false);
    expect(await series()).toEqual(['egressip_waiting_claims 0', 'egressip_leader 0']);
  });
});
