import { afterEach, describe, expect, it } from 'vitest';
import { execFileSync } from 'node:child_process';
import { unless } from '../../../../../tools/testing/unless.ts';
import { netNamespaces, nodes } from '../support/resources.ts';
import { startOvnCluster } from '../ovn/ovn-cluster.ts';
import { SdnCluster } from '../sdn/sdn-cluster.ts';
import { freePort } from '../support/free-port.ts';
import {
  caseNames,
  promtool,
  readCase,
  rulesFile,
  ruleTest,
  runPromtool,
  testRules,
  writeCase,
  type Firing,
} from './rule-test.ts';

const poll = { timeout: 30_000, interval: 100 };
const pool = { egressipam: 'pool' };
const noPromtool = 'promtool is not there: node tools/promtool/build.mjs makes it, with Go';

/** What a scrape does not say, beside what it says of the same families. */
function missing(text: string, says: readonly string[]): readonly string[] {
  return says
    .filter((line) => !text.includes(line))
    .flatMap((line) => [line, ...text.split('\n').filter((found) => found.startsWith(line.split('{')[0] ?? line))]);
}

/**
 * What operators say of situations that somebody has to be woken for, on every network, with limits and without; and
 * that the rules fire then, just those. With UPDATE_ALERT_CASES=1 what was scraped is written down as tests for
 * promtool.
 */
describe('in situations that somebody has to know of', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  const metricsAddress = async (): Promise<{ readonly address: string; readonly scrape: () => Promise<string> }> => {
    const address = `127.0.0.1:${await freePort()}`;
    return {
      address,
      scrape: () =>
        fetch(`http://${address}/metrics`).then(
          (answer) => answer.text(),
          () => '',
        ),
    };
  };
  const sdn = async (): Promise<{
    readonly cluster: SdnCluster;
    readonly address: string;
    readonly scrape: () => Promise<string>;
  }> => {
    const cluster = await SdnCluster.start('the sandbox');
    stops.push(() => cluster.stop());
    for (const [name, zone] of [
      ['a1', 'a'],
      ['a2', 'a'],
    ] as const)
      await cluster.addNode(name, zone, `10.0.9.${name === 'a1' ? 1 : 2}`);
    return { cluster, ...(await metricsAddress()) };
  };
  /**
   * Waits until the operator says all of this, scrapes again after some time, and holds both against the committed
   * test.
   */
  const check = async (
    name: string,
    scrape: () => Promise<string>,
    says: readonly string[],
    firing: readonly Firing[],
    until: (first: string, later: string) => boolean = () => true,
  ): Promise<void> => {
    await expect.poll(async () => missing(await scrape(), says), poll).toEqual([]);
    const first = await scrape();
    let later = first;
    await expect.poll(async () => until(first, (later = await scrape())), poll).toBe(true);
    const text = ruleTest(name, [first, later], firing);
    if (process.env['UPDATE_ALERT_CASES'] === '1') writeCase(name, text);
    expect(text).toBe(readCase(name));
    if (promtool !== undefined)
      expect(
        execFileSync(promtool, ['check', 'metrics'], {
          input: later,
          encoding: 'utf8',
          stdio: ['pipe', 'pipe', 'pipe'],
        }),
      ).toBe('');
  };

  it('none: all is well', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await cluster.addNamespace('one');
    cluster.run({ metricsBindAddress: address });
    await check(
      'all-is-well',
      scrape,
      ['egressip_claims{egressipam="pool",state="carried"} 1', 'egressip_leader 1'],
      [],
    );
  }, 60_000);

  it('OpenShift SDN: no node is left, and a claim is refused, which alarms nobody', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await cluster.addNamespace('one');
    await cluster.addNamespace('wrong', { egressipam: 'pool', egressips: 'nonsense' });
    cluster.run({ metricsBindAddress: address });
    await expect.poll(() => cluster.boundTo('one'), poll).toHaveLength(1);
    for (const node of ['a1', 'a2']) await cluster.setReady(node, false);
    await check(
      'sdn-no-node',
      scrape,
      [
        'egressip_claims{egressipam="pool",state="not_carried"} 1',
        'state="refused"} 1',
        'egressip_ip_allocated{egressipam="pool",node="a1"} 1',
        'egressip_ip_allocated{egressipam="pool",node="a2"} 1',
        // Both nodes are known to be lost.
        'egressip_cidr_capacity{egressipam="pool",cidr="10.0.0.0/28"} 0',
      ],
      [['EgressIPNotCarried', pool]],
    );
  }, 60_000);

  it('OpenShift SDN, without limits: a pool is full, and a claim waits', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/29', labelValue: 'a' }]);
    for (let number = 1; number <= 7; number += 1) await cluster.addNamespace(`n${number}`);
    cluster.run({ metricsBindAddress: address });
    const cidr = { cidr: '10.0.0.0/29', ...pool };
    await check(
      'sdn-pool-full',
      scrape,
      ['egressip_claims{egressipam="pool",state="waiting"} 1', 'egressip_claims{egressipam="pool",state="carried"} 6'],
      [
        ['EgressIPClaimsWaiting', pool],
        ['EgressIPPoolFilling', cidr],
        ['EgressIPPoolFull', cidr],
      ],
    );
  }, 60_000);

  it('OpenShift SDN, without limits: a pool fills', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/29', labelValue: 'a' }]);
    for (let number = 1; number <= 5; number += 1) await cluster.addNamespace(`n${number}`);
    cluster.run({ metricsBindAddress: address });
    await check(
      'sdn-pool-filling',
      scrape,
      ['egressip_claims{egressipam="pool",state="carried"} 5'],
      [['EgressIPPoolFilling', { cidr: '10.0.0.0/29', ...pool }]],
    );
  }, 60_000);

  it('OpenShift SDN: writes fail', async () => {
    const { cluster, address, scrape } = await sdn();
    const { proxy, kubeconfig } = await cluster.addProxy();
    proxy.add({ fault: { kind: 'status', status: 500 }, method: 'PATCH', path: /netnamespaces/ });
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await cluster.addNamespace('one');
    cluster.run({ metricsBindAddress: address, kubeconfig });
    const failed = (text: string): number =>
      Number(/egressip_failed_steps_total\{kind="bind"\} (\d+)/.exec(text)?.[1] ?? 0);
    await check(
      'sdn-writes-fail',
      scrape,
      ['egressip_failed_steps_total{kind="bind"}', 'egressip_claims{egressipam="pool",state="not_carried"} 1'],
      [
        ['EgressIPNotCarried', pool],
        ['EgressIPStepsFailing', { kind: 'bind' }],
      ],
      (first, later) => failed(later) > failed(first),
    );
  }, 60_000);

  it('OpenShift SDN: somebody undoes what is written', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    await cluster.addNamespace('one');
    cluster.run({ metricsBindAddress: address });
    await expect.poll(() => cluster.boundTo('one'), poll).toHaveLength(1);
    const undo = setInterval(
      () =>
        void cluster
          .client(netNamespaces)
          .mergePatch({ name: 'one' }, { egressIPs: [] })
          .catch(() => undefined),
      100,
    );
    stops.push(async () => clearInterval(undo));
    const undone = (text: string): number =>
      Number(/egressip_undone_writes_total\{kind="bind"\} (\d+)/.exec(text)?.[1] ?? 0);
    await check(
      'sdn-writes-undone',
      scrape,
      ['egressip_undone_writes_total{kind="bind"}'],
      [
        ['EgressIPNotCarried', pool],
        ['EgressIPWritesUndone', { kind: 'bind' }],
      ],
      (first, later) =>
        undone(later) > undone(first) && later.includes('egressip_claims{egressipam="pool",state="not_carried"} 1'),
    );
  }, 60_000);

  it('OVN-Kubernetes: no node carries what is allocated', async () => {
    const cluster = await startOvnCluster('the sandbox');
    stops.push(() => cluster.stop());
    for (const standIn of cluster.standIns) await standIn.stop();
    const { address, scrape } = await metricsAddress();
    await cluster.addNode('n1', 'a', ['10.0.0.1/24']);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/28', labelValue: 'a' }]);
    await cluster.addNamespace('one');
    cluster.run({ metricsBindAddress: address });
    await check(
      'ovn-unassigned',
      scrape,
      ['egressip_claims{egressipam="pool",state="not_carried"} 1', 'egressip_findings{code="Unassigned"} 1'],
      [['EgressIPNotCarried', pool]],
    );
  }, 60_000);

  it('OVN-Kubernetes in a cloud, with limits: nodes are full, and a claim waits', async () => {
    const cluster = await startOvnCluster('the sandbox', {
      cloud: {
        interfaceOf: () => ({ interface: 'eni-1', ifaddr: { ipv4: '10.0.0.0/24' }, capacity: { ipv4: 2 } }),
        cloudDelay: 10,
      },
    });
    stops.push(() => cluster.stop());
    const { address, scrape } = await metricsAddress();
    for (const number of [1, 2]) await cluster.addNode(`n${number}`, 'a', [`10.0.0.${number}/24`]);
    await cluster.addPool('pool', [{ CIDR: '10.0.0.64/26', labelValue: 'a' }]);
    for (let number = 1; number <= 5; number += 1) await cluster.addNamespace(`s${number}`);
    cluster.run({ metricsBindAddress: address });
    const cidr = { cidr: '10.0.0.64/26', ...pool };
    const full = (node: string): readonly Firing[] => [
      ['EgressIPCapacityHigh', { ...pool, node }],
      ['EgressIPCapacityCritical', { ...pool, node }],
    ];
    await check(
      'ovn-nodes-full',
      scrape,
      ['egressip_claims{egressipam="pool",state="carried"} 4', 'state="waiting"} 1'],
      [
        ['EgressIPClaimsWaiting', pool],
        ['EgressIPPoolFilling', cidr],
        ['EgressIPPoolFull', cidr],
        ...full('n1'),
        ...full('n2'),
      ],
    );
  }, 60_000);

  it('AWS: the cloud does not answer', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster.addPool('pool', [{ CIDR: '10.0.0.0/28', labelValue: 'a' }]);
    for (const node of ['a1', 'a2'])
      await cluster
        .client(nodes)
        .mergePatch({ name: node }, { spec: { providerID: `aws:///us-east-1a/i-0123456789abcde${node}` } });
    process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
    cluster.run({
      metricsBindAddress: address,
      provider: 'aws',
      cloud: { region: 'us-east-1', endpoint: 'http://127.0.0.1:9' },
      cloudPollInterval: 1,
    });
    const failed = (text: string): number =>
      [...text.matchAll(/egressip_cloud_calls_total\{operation="DescribeInstances",error="[^"]+"\} (\d+)/g)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    await check(
      'aws-no-answer',
      scrape,
      ['egressip_cloud_calls_total{operation="DescribeInstances"'],
      [['EgressIPCloudFailing', { operation: 'DescribeInstances' }]],
      (first, later) => failed(later) > failed(first),
    );
  }, 60_000);

  it('there is no leader', async () => {
    const { cluster, address, scrape } = await sdn();
    await cluster
      .client({ group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true })
      .create({
        metadata: { namespace: 'default', name: 'egressip-ipam-operator' },
        spec: {
          holderIdentity: 'somebody',
          leaseDurationSeconds: 3600,
          renewTime: new Date().toISOString().replace('Z', '000Z'),
          acquireTime: new Date().toISOString().replace('Z', '000Z'),
          leaseTransitions: 1,
        },
      });
    cluster.run({ metricsBindAddress: address, leaderElect: true });
    await check('no-leader', scrape, ['egressip_leader 0'], [['EgressIPNoLeader']]);
  }, 60_000);

  it('there are no metrics', async () => {
    await check('no-metrics', () => Promise.resolve(''), [], [['EgressIPOperatorDown']]);
  });
});

describe('the rules', unless(promtool === undefined, noPromtool), () => {
  const program = promtool ?? '';

  it('are correct', () => {
    expect(runPromtool(program, 'check', 'rules', rulesFile)).toContain('SUCCESS');
  });

  it.each(caseNames())('fire as they should: %s', (name) => {
    expect(testRules(program, name)).toContain('SUCCESS');
  });
});
