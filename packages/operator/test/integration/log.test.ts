import { afterEach, describe, expect, it } from 'vitest';
import { startOvnCluster } from './ovn/ovn-cluster.ts';
import { SdnCluster } from './sdn/sdn-cluster.ts';
import { egressIPs as egressIPKind } from './support/resources.ts';

const poll = { timeout: 60_000, interval: 100 };
const count = 40;
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true };
const names = Array.from({ length: count }, (_, index) => `n${index}`);

describe('the log answers who had an address when, where, and why', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  /** Lines of one message, without their time. */
  const linesOf = (logged: readonly string[], message: string): readonly string[] =>
    logged
      .map((line) => line.trim().replace(/^\S+ /, ''))
      .filter((line) => line.replace(/^\w+ +/, '').startsWith(`${message} `));

  it('on OpenShift SDN', async () => {
    const cluster = await SdnCluster.start('the sandbox');
    stops.push(() => cluster.stop());
    for (const [name, zone, address] of [
      ['a1', 'a', '10.0.9.1'],
      ['a2', 'a', '10.0.9.2'],
      ['b1', 'b', '10.0.9.3'],
    ] as const)
      await cluster.addNode(name, zone, address);
    await cluster.addPool('pool', [
      { CIDR: '10.0.0.0/24', labelValue: 'a' },
      { CIDR: '10.0.1.0/24', labelValue: 'b' },
    ]);
    cluster.run();
    await expect.poll(() => cluster.logged.some((line) => line.includes('planning begins')), poll).toBe(true);
    await Promise.all(names.map((name) => cluster.addNamespace(name)));
    await expect.poll(() => linesOf(cluster.logged, 'addresses allocated').length, poll).toBe(count);
    await expect
      .poll(async () => (await cluster.bindings(names)).every((addresses) => addresses.length === 2), poll)
      .toBe(true);
    expect(
      new Set(linesOf(cluster.logged, 'addresses allocated').map((line) => /namespace="(\w+)"/.exec(line)?.[1])),
    ).toEqual(new Set(names));
    for (const line of linesOf(cluster.logged, 'addresses allocated'))
      expect(line).toMatch(
        /^INFO +addresses allocated namespace="n\d+" egressIPAM="pool" addresses=\["10\.0\.0\.\d+","10\.0\.1\.\d+"\] nodes=\["a[12]","b1"\] why="new"$/,
      );
    expect(cluster.logged.filter((line) => / (WARN|ERROR) /.test(line))).toEqual([]);

    const on = Object.entries(await cluster.hosted()).find(([node]) => node === 'a1')?.[1] ?? [];
    expect(linesOf(cluster.logged, 'address moved')).toEqual([]);
    await cluster.setReady('a1', false);
    await expect.poll(() => linesOf(cluster.logged, 'address moved').length, poll).toBe(on.length);
    expect(linesOf(cluster.logged, 'address moved')[0]).toMatch(
      /^INFO +address moved namespace="n\d+" egressIPAM="pool" address="10\.0\.0\.\d+" from="a1" to="a2" why="node not ready"$/,
    );

    await cluster.annotate('n0', { egressipam: null });
    await cluster.removeNamespace('n1');
    await expect
      .poll(
        () =>
          linesOf(cluster.logged, 'addresses released')
            .map((line) => /namespace="(\w+)".* why="(.*)"/.exec(line)?.slice(1).join(': '))
            .sort(),
        poll,
      )
      .toEqual(['n0: claim given up', 'n1: namespace deleted']);
    await cluster.addNamespace('wrong', { egressipam: 'pool', egressips: 'non\u009bsense' });
    await expect
      .poll(() => linesOf(cluster.logged, 'claim not served'), poll)
      .toEqual([
        expect.stringMatching(
          /^WARN +claim not served namespace="wrong" egressIPAM="pool" code="InvalidAddress" reason=".*"$/,
        ),
      ]);
    expect(cluster.logged.join('')).not.toContain('\u009b');
    expect(linesOf(cluster.logged, 'addresses allocated')).toHaveLength(count);
  }, 180_000);

  it('tells an edit that is put back, though a process before it wrote what was edited', async () => {
    const cluster = await startOvnCluster('the sandbox');
    stops.push(() => cluster.stop());
    await cluster.addNode('n1', 'a', ['10.0.0.1/24']);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    await cluster.addNamespace('shop');
    cluster.run();
    await expect.poll(() => linesOf(cluster.logged, 'addresses allocated').length, poll).toBe(1);
    await cluster.stopOperator();
    cluster.run();
    await expect.poll(() => linesOf(cluster.logged, 'addresses held').length, poll).toBe(1);
    const undone = 'a write was undone by someone else, and is put back';
    const [address] = (await cluster.annotation('shop'))?.split(',') ?? [];
    for (const egressIPs of [['10.0.0.99'], ['10.0.0.98']]) {
      const told = linesOf(cluster.logged, undone).length;
      await cluster.client(egressIPKind).mergePatch({ name: 'egressip-shop' }, { spec: { egressIPs } });
      await expect.poll(() => linesOf(cluster.logged, undone).length, poll).toBe(told + 1);
      await expect.poll(() => cluster.assigned('egressip-shop'), poll).toEqual([`${address}@n1`]);
    }
    expect(linesOf(cluster.logged, undone)[0]).toBe(
      `WARN  ${undone} object="EgressIP/egressip-shop" namespace="shop" addresses=["${address}"] times=1`,
    );
  }, 60_000);

  it('tells what changed while another led, not once more what there is', async () => {
    const cluster = await SdnCluster.start('the sandbox');
    stops.push(() => cluster.stop());
    await cluster.addNode('a1', 'a', '10.0.9.1');
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/24', labelValue: 'a' }]);
    for (const name of ['bank', 'shop']) await cluster.addNamespace(name);
    cluster.run({ leaderElect: true, leaseDuration: 3, renewDeadline: 2, retryPeriod: 0.5 });
    await expect.poll(() => linesOf(cluster.logged, 'addresses allocated').length, poll).toBe(2);
    const told = linesOf(cluster.logged, 'addresses held').length;
    await cluster
      .client(leases)
      .mergePatch(
        { namespace: 'default', name: 'egressip-ipam-operator' },
        { spec: { holderIdentity: 'another', renewTime: new Date().toISOString().replace('Z', '000Z') } },
      );
    await expect.poll(() => linesOf(cluster.logged, 'the lease is lost; nothing').length, poll).toBe(1);
    await cluster.annotate('shop', { egressipam: null });
    await expect
      .poll(() => linesOf(cluster.logged, 'addresses released'), poll)
      .toEqual([expect.stringContaining('namespace="shop"')]);
    expect(cluster.logged.filter((line) => line.includes('the lease is held again'))).toHaveLength(1);
    expect(linesOf(cluster.logged, 'addresses held')).toHaveLength(told);
    expect(linesOf(cluster.logged, 'what namespaces have is known')).toHaveLength(1);
  }, 60_000);

  it('on OVN-Kubernetes, which chooses the nodes itself', async () => {
    const cluster = await startOvnCluster('the sandbox');
    stops.push(() => cluster.stop());
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    cluster.run();
    await expect.poll(() => cluster.logged.some((line) => line.includes('planning begins')), poll).toBe(true);
    await Promise.all(names.map((name) => cluster.addNamespace(name)));
    await expect.poll(() => linesOf(cluster.logged, 'addresses allocated').length, poll).toBe(count);
    await expect
      .poll(
        async () =>
          Promise.all(names.map((name) => cluster.assigned(`egressip-${name}`).then((items) => items.length))),
        poll,
      )
      .toEqual(names.map(() => 1));
    for (const line of linesOf(cluster.logged, 'addresses allocated'))
      expect(line).toMatch(
        /^INFO +addresses allocated namespace="n\d+" egressIPAM="pool" addresses=\["10\.0\.0\.\d+"\] nodes=\[("n[12]"|null)\] why="new"$/,
      );
    // Where the network took longer than the line could wait, another one tells the node.
    await expect
      .poll(() => linesOf(cluster.logged, 'address placed').length, poll)
      .toBe(linesOf(cluster.logged, 'addresses allocated').filter((line) => line.includes('null')).length);
    const placed = linesOf(cluster.logged, 'address placed').length;
    await cluster.setReady('n1', false);
    await expect
      .poll(
        () =>
          linesOf(cluster.logged, 'address moved').length + linesOf(cluster.logged, 'address placed').length - placed,
        poll,
      )
      .toBeGreaterThan(10);
  }, 180_000);
});
