import type { KubernetesObject } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../cli/run-cli.ts';
import { startOvnCluster, prefix, type OvnCluster } from '../ovn/ovn-cluster.ts';
import { freePort } from '../support/free-port.ts';
import { egressIPAMs, egressIPs, namespaces } from '../support/resources.ts';
import { bothServers } from '../support/start-server.ts';

const obeyed = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const nasty = '\u0000\u001B[2J\u001B[1;31mALL GOOD\u001B[0m\u0007\r\u009b2K\u202egnp.exe\nNo findings.';
const waiting = { timeout: 30_000, interval: 100 };

describe.each(bothServers)('texts of tenants and nodes that would steer a terminal, on %s', (server) => {
  let cluster: OvnCluster;
  let metrics = '';

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addNode('hostile', 'a', ['10.0.0.3/24'], {
      annotations: {
        'k8s.ovn.org/host-cidrs': nasty,
        'k8s.ovn.org/l3-gateway-config': JSON.stringify({ default: { 'next-hops': [nasty] } }),
        'cloud.network.openshift.io/egress-ipconfig': nasty,
      },
    });
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/28', labelValue: 'a', reservedIPs: ['10.0.0.79'] }]);
    await cluster
      .addPool('hostile', [{ CIDR: '10.1.0.0/28', labelValue: nasty }], { coolDown: nasty })
      .catch(() => cluster.addPool('hostile', [{ CIDR: '10.1.0.0/28', labelValue: nasty }]));
    await cluster.client(egressIPs).create({
      metadata: { name: 'somebody', annotations: { [`${prefix}/egressips`]: nasty } },
      spec: { egressIPs: ['10.0.0.65'], namespaceSelector: { matchLabels: { [`a`]: 'b' } } },
    });
    const port = await freePort();
    metrics = `http://127.0.0.1:${port}/metrics`;
    cluster.run({ metricsBindAddress: `127.0.0.1:${port}`, logLevel: 'debug' });
    await cluster.addNamespace('fine');
    await cluster.addNamespace('input', { egressipam: 'pool', egressips: nasty });
    await cluster.addNamespace('pool-name', { egressipam: nasty });
    await cluster.addNamespace('record', { egressipam: 'pool', allocated: `pool/${nasty}` });
    await cluster.addNamespace('other-record', { egressipam: 'hostile', allocated: `${nasty}/10.0.0.66` });
    await vi.waitFor(async () => expect(await cluster.assigned('egressip-fine')).toHaveLength(1), waiting);
    const status = async (): Promise<unknown> => (await cluster.client(egressIPAMs).get({ name: 'pool' }))['status'];
    await vi.waitFor(async () => expect(await status()).toMatchObject({ refused: 1 }), waiting);
    for (const number of [1, 2]) await cluster.setReady(`n${number}`, false);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it.each([
    ['plan'],
    ['check'],
    ['explain', 'namespace/input'],
    ['explain', 'namespace/pool-name'],
    ['explain', 'namespace/record'],
    ['explain', 'egressipam/hostile'],
    ['explain', 'node/hostile'],
    ['adopt'],
    ['init'],
    ['uninstall'],
  ])('%s %s --live shows none', async (...command) => {
    const live = [...command, '--live', '--kubeconfig', cluster.kubeconfig];
    const formats = command[0] === 'init' ? [[]] : ['table', 'json', 'yaml'].map((format) => ['-o', format]);
    for (const format of formats) {
      const { out, error } = await runCli([...live, ...format]);
      expect(out + error).not.toMatch(obeyed);
      expect((out + error).split('\n')).not.toContain('No findings.');
      expect(out + error).not.toBe('');
    }
  });

  it('nor the log, Events, statuses and metrics', async () => {
    expect(cluster.logged.join('')).not.toMatch(obeyed);
    expect(cluster.logged.filter((line) => line.trimEnd().includes('\n'))).toEqual([]);
    const events = await cluster
      .client({ group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true })
      .list();
    const messages = events.items.map((event) => String(event['message']));
    expect(messages.length).toBeGreaterThan(3);
    for (const message of messages) expect(message).not.toMatch(/[\n]/);
    expect(messages.join(' ')).not.toMatch(obeyed);
    const texts = (value: unknown): readonly string[] =>
      typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(texts);
    for (const { status } of (await cluster.client(egressIPAMs).list()).items as readonly (KubernetesObject & {
      readonly status?: object;
    })[])
      for (const text of texts({ ...status, cidrs: undefined })) expect(text).not.toMatch(obeyed);
    expect(await (await fetch(metrics)).text()).not.toMatch(obeyed);
    // What an owner wrote stays what it is.
    const { metadata } = await cluster.client(namespaces).get({ name: 'input' });
    expect(metadata.annotations?.[`${prefix}/egressips`]).toBe(nasty);
  });
});
