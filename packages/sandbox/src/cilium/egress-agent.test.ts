import { beforeEach, describe, expect, it } from 'vitest';
import { fnv32a } from './gateway.ts';
import { TestAgents, testNode, testPod, testPolicy } from './testing/agents.ts';

const egressIP = '10.0.0.100';
const out = (node: string, address: string = egressIP) => ({ kind: 'egress', node, egressIP: address, held: true });
const dropped = (reason: string) => ({ kind: 'dropped', reason });

describe("the rules of Cilium's egress gateway, one by one", () => {
  let agents: TestAgents;
  beforeEach(() => {
    agents = new TestAgents([testNode('a', { zone: 'one' }), testNode('b', { zone: 'one' }), testNode('c')]);
    agents.start(testPod(1));
    agents.hold('b', egressIP);
  });

  it('traffic leaves by the egress IP of the node that the policy selects', () => {
    agents.apply(testPolicy('team', egressIP, 'b'));
    expect(agents.traffic('pod-1')).toEqual(out('b'));
  });

  it('the first by name of several nodes that match carries, whether Ready or dead', () => {
    const policy = testPolicy('team', egressIP, 'b', {
      egressGateway: { nodeSelector: { matchLabels: { zone: 'one' } }, egressIP },
    });
    agents.hold('a', egressIP);
    agents.apply(policy);
    expect(agents.traffic('pod-1')).toEqual(out('a'));
    agents.start(testPod(2, 'c'));
    agents.down.add('a');
    agents.run();
    expect(agents.traffic('pod-2')).toEqual(dropped('node is down'));
  });

  it('drops where no node matches', () => {
    agents.apply(testPolicy('team', egressIP, 'nobody'));
    expect(agents.traffic('pod-1')).toEqual(dropped('No Egress Gateway found'));
  });

  it('drops where the node has not the address, and does not look again when it comes', () => {
    agents.apply(testPolicy('team', '10.0.0.101', 'b'));
    expect(agents.traffic('pod-1')).toEqual(dropped('No Egress IP configured'));
    agents.hold('b', '10.0.0.101');
    agents.start(testPod(2));
    agents.run();
    expect(agents.traffic('pod-1')).toEqual(dropped('No Egress IP configured'));
  });

  it.each([
    [
      'any other policy is added',
      (it: TestAgents) => it.hear({ kind: 'policy', object: testPolicy('other', '10.0.0.5', 'c', { selectors: [] }) }),
    ],
    ['a policy is deleted', (it: TestAgents) => it.hear({ kind: 'policy-deleted', name: 'gone' })],
    ['a CiliumNode changes', (it: TestAgents) => it.hear({ kind: 'node', node: testNode('c', { some: 'label' }) })],
  ])('looks at all policies again when %s', (_, change) => {
    agents.apply(testPolicy('team', '10.0.0.101', 'b'));
    agents.hold('b', '10.0.0.101');
    change(agents);
    agents.run();
    expect(agents.traffic('pod-1')).toEqual(out('b', '10.0.0.101'));
  });

  it('keeps an address that went: sends from it until the next look', () => {
    agents.apply(testPolicy('team', egressIP, 'b'));
    agents.held.get('b')?.delete(egressIP);
    agents.run();
    expect(agents.traffic('pod-1')).toEqual({ ...out('b'), held: false });
    agents.hear({ kind: 'node', node: testNode('c', { some: 'label' }) });
    agents.run();
    expect(agents.traffic('pod-1')).toEqual(dropped('No Egress IP configured'));
  });

  it('has a map per node, and agents do not run in step: what reaches the new node too early is dropped', () => {
    agents.apply(testPolicy('team', egressIP, 'b'));
    agents.hold('c', egressIP);
    agents.hear({ kind: 'policy', object: testPolicy('team', egressIP, 'c') });
    agents.run('a');
    expect(agents.traffic('pod-1')).toEqual(dropped('No Egress IP configured'));
    agents.run('c');
    expect(agents.traffic('pod-1')).toEqual(out('c'));
  });

  it('leaks where no entry is: a new pod leaves by its node at first', () => {
    agents.apply(testPolicy('team', egressIP, 'b'));
    agents.start(testPod(2, 'c'));
    expect(agents.traffic('pod-2')).toEqual({ kind: 'node', node: 'c' });
    agents.run();
    expect(agents.traffic('pod-2')).toEqual(out('b'));
  });

  it('leaves excluded destinations and those inside the cluster alone; the longest prefix wins', () => {
    agents.apply(testPolicy('team', egressIP, 'b', { excludedCIDRs: ['198.51.100.0/24'] }));
    expect(agents.traffic('pod-1')).toEqual({ kind: 'node', node: 'a' });
    expect(agents.traffic('pod-1', '203.0.113.1')).toEqual(out('b'));
    expect(agents.traffic('pod-1', '10.0.0.3')).toEqual({ kind: 'in-cluster' });
  });

  it('shares the pods among the gateways of a list by FNV-32a of the UID, sorted by address', () => {
    const entry = (hostname: string, address: string) => ({
      nodeSelector: { matchLabels: { 'kubernetes.io/hostname': hostname } },
      egressIP: address,
    });
    agents.hold('c', '10.0.0.101');
    agents.apply(
      testPolicy('team', egressIP, 'b', {
        egressGateways: [entry('c', '10.0.0.101'), entry('b', egressIP), entry('nobody', '10.0.0.102')],
      }),
    );
    for (let number = 1; number < 20; number++) agents.start(testPod(number));
    agents.run();
    for (let number = 1; number < 20; number++) {
      expect(agents.traffic(`pod-${number}`)).toEqual(
        fnv32a(`pod-${number}`) % 2 === 0 ? out('b') : out('c', '10.0.0.101'),
      );
    }
    expect([fnv32a(''), fnv32a('a'), fnv32a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });

  it('does not skip a gateway of a list whose node lacks the address: its pods drop', () => {
    const entry = (hostname: string, address: string) => ({
      nodeSelector: { matchLabels: { 'kubernetes.io/hostname': hostname } },
      egressIP: address,
    });
    agents.apply(
      testPolicy('team', egressIP, 'b', { egressGateways: [entry('b', egressIP), entry('c', '10.0.0.101')] }),
    );
    for (let number = 1; number < 20; number++) agents.start(testPod(number));
    agents.run();
    const kinds = Array.from({ length: 19 }, (_, index) => agents.traffic(`pod-${index + 1}`).kind);
    expect(new Set(kinds)).toEqual(new Set(['egress', 'dropped']));
  });

  it('two policies of equal CIDRs for one pod take turns at every run', () => {
    agents.hold('c', '10.0.0.101');
    agents.apply(testPolicy('one', egressIP, 'b'), testPolicy('two', '10.0.0.101', 'c'));
    const seen = Array.from({ length: 4 }, () => {
      agents.run();
      const traffic = agents.traffic('pod-1');
      return traffic.kind === 'egress' ? traffic.egressIP : traffic.kind;
    });
    // Each node swaps at its own turn: where they disagree, packets are dropped.
    expect(new Set(seen).size).toBe(2);
    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
  });

  it('what does not fit into the map is a line of the log, and leaks', () => {
    agents = new TestAgents([testNode('a'), testNode('b')], 1);
    agents.hold('b', egressIP);
    agents.start(testPod(1));
    agents.start(testPod(2));
    agents.apply(testPolicy('team', egressIP, 'b'));
    expect([agents.traffic('pod-1').kind, agents.traffic('pod-2').kind].sort()).toEqual(['egress', 'node']);
    expect(agents.log).toContainEqual(expect.stringContaining('no space left'));
  });

  it.each([
    ['an interface beside an egress IP', { egressGateway: { nodeSelector: {}, egressIP, interface: 'eth0' } }],
    ['a rule without pods and namespaces', { selectors: [{ nodeSelector: {} }] }],
  ])('silently drops a policy with %s, and keeps what it knew under its name', (_, spec) => {
    agents.apply(testPolicy('bad', egressIP, 'b', spec));
    expect(agents.traffic('pod-1').kind).toBe('node');
    expect(agents.log[0]).toContain('Failed to parse');
    agents.apply(testPolicy('team', egressIP, 'b'));
    agents.apply(testPolicy('team', egressIP, 'c', spec));
    expect(agents.traffic('pod-1')).toEqual(out('b'));
  });

  it.each([
    ['destinationCIDRs', { destinationCIDRs: [] }],
    ['selectors', { selectors: [] }],
  ])('takes empty %s without effect', (_, spec) => {
    agents.apply(testPolicy('team', egressIP, 'b', spec));
    expect(agents.traffic('pod-1').kind).toBe('node');
    expect(agents.log).toEqual([]);
  });

  it("an empty egress IP is the node's own first address", () => {
    agents.apply(testPolicy('team', '', 'b'));
    expect(agents.traffic('pod-1')).toEqual(out('b', '10.0.0.2'));
  });

  it("a family of the CIDRs without an egress IP leaves by the device's primary address", () => {
    agents.apply(testPolicy('team', egressIP, 'b', { destinationCIDRs: ['0.0.0.0/0', '::/0'] }));
    expect(agents.traffic('pod-1', '2001:db8::1')).toEqual(out('b', 'fd00::2'));
  });

  it('IPv6 has a map of its own and goes to the gateway by its IPv4 address', () => {
    agents.hold('b', 'fd00::100');
    agents.apply(testPolicy('team', 'fd00::100', 'b', { destinationCIDRs: ['::/0'] }));
    expect(agents.traffic('pod-1', '2001:db8::1')).toEqual(out('b', 'fd00::100'));
    expect(agents.traffic('pod-1').kind).toBe('node');
  });

  it('a pod cannot claim another namespace; one on the host network never matches', () => {
    agents.apply(testPolicy('team', egressIP, 'b'));
    agents.start(testPod(2, 'a', { namespace: 'other', labels: { 'io.kubernetes.pod.namespace': 'team' } }));
    agents.start(testPod(3, 'a', { hostNetwork: true }));
    agents.run();
    expect([agents.traffic('pod-2').kind, agents.traffic('pod-3').kind]).toEqual(['node', 'node']);
  });

  it("selects by the namespace's labels, and by any node selector of any rule", () => {
    const selectors = [
      { namespaceSelector: { matchLabels: { team: 'x' } } },
      {
        namespaceSelector: {},
        podSelector: { matchLabels: { app: 'y' } },
        nodeSelector: { matchLabels: { zone: 'one' } },
      },
    ];
    agents.apply(testPolicy('team', egressIP, 'b', { selectors }));
    agents.start(testPod(2), { team: 'x' });
    agents.start(testPod(3, 'c'), { team: 'x' });
    agents.start(testPod(4, 'a', { labels: { app: 'y' } }));
    agents.run();
    expect(['pod-2', 'pod-3', 'pod-4'].map((uid) => agents.traffic(uid).kind)).toEqual(['egress', 'node', 'egress']);
  });
});
