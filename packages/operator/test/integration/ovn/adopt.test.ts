import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressIPs } from '../support/resources.ts';
import { runCli } from '../../cli/run-cli.ts';
import { startOvnCluster, type OvnCluster } from './ovn-cluster.ts';
import { bothServers } from '../support/start-server.ts';

const poll = { timeout: 30_000, interval: 50 };

// No server at all where the networks' CRDs are not there: then nothing is run.
describe.each(bothServers)('adopt, on %s', (server) => {
  let cluster: OvnCluster;

  beforeAll(async () => {
    cluster = await startOvnCluster(server);
    for (const [index, zone] of ['a', 'b'].entries())
      await cluster.addNode(`${zone}1`, zone, [`10.0.${index}.1/24`], {
        labels: { 'k8s.ovn.org/egress-assignable': '' },
      });
    await cluster.addPool(
      'pool',
      ['a', 'b'].map((labelValue, index) => ({ CIDR: `10.0.${index}.64/26`, labelValue })),
    );
    await cluster.addNamespace('shop', {});
    await cluster.addNamespace('web', {});
    await cluster.client(egressIPs).create({
      metadata: { name: 'by-hand' },
      spec: {
        egressIPs: ['10.0.1.70', '10.0.0.70'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
      },
    });
    await cluster.client(egressIPs).create({
      metadata: { name: 'by-team' },
      spec: { egressIPs: ['10.0.1.71', '10.0.0.71'], namespaceSelector: { matchLabels: { team: 'web' } } },
    });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  it('says what it would write, writes it, and the operator takes over without moving or re-addressing anything', async () => {
    await expect.poll(() => cluster.assigned('by-hand'), poll).toHaveLength(2);
    const before = await cluster.assigned('by-hand');
    const { uid } = (await cluster.client(egressIPs).get({ name: 'by-hand' })).metadata;
    const planned = await runCli(['adopt', '--live', '--kubeconfig', cluster.kubeconfig]);
    expect(planned.code).toBe(2);
    expect(planned.out).toMatch(/shop +pool +10\.0\.0\.70, 10\.0\.1\.70 +EgressIP\/by-hand +to be written by --apply/);
    expect(planned.out).toMatch(/NotAdopted +EgressIP\/by-team|by-team.*other labels/);
    expect(await cluster.annotation('shop')).toBeUndefined();
    const applied = await runCli(['adopt', '--live', '--kubeconfig', cluster.kubeconfig, '--apply']);
    expect(applied.out).toMatch(/by-hand +written/);
    expect(await cluster.annotation('shop')).toBe('10.0.0.70,10.0.1.70');
    cluster.run();
    await expect
      .poll(async () => (await cluster.client(egressIPs).get({ name: 'by-hand' })).metadata.labels, poll)
      .toMatchObject({ 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await cluster.assigned('by-hand')).toEqual(before);
    expect((await cluster.client(egressIPs).get({ name: 'by-hand' })).metadata.uid).toBe(uid);
    expect(await cluster.spec('egressip-shop')).toBeUndefined();
    expect(await cluster.annotation('shop')).toBe('10.0.0.70,10.0.1.70');
  }, 60_000);
});
