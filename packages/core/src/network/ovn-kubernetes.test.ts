import { describe, expect, it } from 'vitest';
import { explain } from '../explain/explain.ts';
import { plan } from '../plan/planner.ts';
import { readySteps } from '../simulate/apply-step.ts';
import { settle } from '../simulate/settle.ts';
import type { ClusterSnapshot, EgressIPSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIP, anEgressIPAM, aSnapshot, zoneLabel } from '../testing/builders.ts';

const onOvn = (parts: Partial<ClusterSnapshot>): ClusterSnapshot =>
  aSnapshot({ network: { kind: 'ovn-kubernetes' }, hostSubnets: [], netNamespaces: [], egressIPAMs: [anEgressIPAM(['10.0.0.0/27=a'])], nodes: ['n1', 'n2'].map((name) => aNode(name, 'a', { primaryInterfaceAddress: '{"ipv4":"10.0.0.30/27"}' })), ...parts });
const left = (namespace: string, egressIPs: readonly string[], overrides: Partial<EgressIPSnapshot> = {}): EgressIPSnapshot => anEgressIP(namespace, egressIPs, { ours: false, ...overrides });

describe('EgressIPs that were there before', () => {
  const annotated = aNamespace('shop', 0, { egressIPs: '10.0.0.9' });

  it('are adopted with just the addresses that their namespace is annotated with', () => {
    const result = plan(onOvn({ namespaces: [annotated], egressIPs: [left('shop', ['10.0.0.9'])] }));
    expect(result.allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.0.0.9'], source: 'kept' }]);
    expect(result.findings.filter(({ severity, code }) => severity === 'error' && code !== 'Unassigned')).toEqual([]);
    expect(result.steps.find(({ kind }) => kind === 'apply-egress-ip')).toMatchObject({ name: 'egressip-shop', egressIPs: ['10.0.0.9'] });
  });

  it('are adopted under the name that a person gave them', () => {
    const byHand = left('shop', ['10.0.0.9'], { name: 'made-by-hand' });
    const adopted = settle(onOvn({ namespaces: [annotated], egressIPs: [byHand] }));
    expect(adopted.egressIPs).toMatchObject([{ name: 'made-by-hand', ours: true, egressIPs: ['10.0.0.9'] }]);
    expect(plan(adopted).steps).toEqual([]);
    const optedOut = { ...adopted, namespaces: adopted.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest) };
    expect(settle(optedOut).egressIPs).toEqual([]);
  });

  it('are no reason to leave the one that carries the namespace already', () => {
    const adopted = settle(onOvn({ namespaces: [annotated], egressIPs: [left('shop', ['10.0.0.9'], { name: 'made-by-hand' })] }));
    const { steps, findings } = plan({ ...adopted, egressIPs: [left('shop', ['10.0.0.9']), ...adopted.egressIPs] });
    expect(steps).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['AddressConflict', 'OverlappingEgressIP']));
  });

  it.each([
    ['other addresses', left('shop', ['10.0.0.9', '10.0.0.10'])],
    ['another namespace', left('shop', ['10.0.0.9'], { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } })],
  ])('are left alone with %s', (_what, egressIP) => {
    const result = plan(onOvn({ namespaces: [annotated], egressIPs: [egressIP] }));
    expect(result.steps.filter(({ kind }) => kind === 'apply-egress-ip' || kind === 'delete-egress-ip')).toEqual([]);
    expect(result.findings.some(({ severity, object }) => severity === 'error' && object.name === 'shop')).toBe(true);
  });
});

describe('the label of nodes', () => {
  const ready = (name: string, zone: string, labelled: boolean): NodeSnapshot =>
    aNode(name, zone, { primaryInterfaceAddress: '{"ipv4":"10.0.0.30/26"}', ...(labelled ? { labels: { [zoneLabel]: zone, 'k8s.ovn.org/egress-assignable': '' }, labelledByUs: true as const } : {}) });
  const after = (snapshot: ClusterSnapshot, id: string): unknown => plan(snapshot).steps.find((step) => step.id === id)?.after;

  it('leaves nodes that are selected no more after it came to those that are', () => {
    const snapshot = onOvn({ nodes: [ready('n1', 'gone', true), ready('n2', 'a', false)] });
    expect(after(snapshot, 'label/n2')).toEqual([]);
    expect(after(snapshot, 'label/n1')).toEqual(['label/n2']);
  });

  it('law 8: is waited for by the EgressIPs of its own EgressIPAM alone', () => {
    const other = anEgressIPAM(['10.0.0.32/27=b'], { name: 'other' });
    const namespaces = [aNamespace('crm', 0, { egressIPAM: 'other', allocated: 'other/10.0.0.33', egressIPs: '10.0.0.33' }), aNamespace('shop', 0, { allocated: 'pool/10.0.0.1', egressIPs: '10.0.0.1' })];
    const snapshot = onOvn({ egressIPAMs: [anEgressIPAM(['10.0.0.0/27=a']), other], nodes: [ready('n1', 'a', true), ready('n2', 'b', false)], namespaces });
    expect(after(snapshot, 'apply/egressip-shop')).toEqual([]);
    expect(after(snapshot, 'apply/egressip-crm')).toEqual(['label/n2']);
  });
});

describe("an EgressIP of a namespace's name that is someone else's", () => {
  const foreign = left('shop', ['10.0.0.20']);
  const codes = (snapshot: ClusterSnapshot): unknown => plan(snapshot).waiting.map(({ namespace, reason }) => `${namespace}: ${reason.code}`);

  it('law 4: is in the way, so that nothing is promised', () => {
    const snapshot = onOvn({ namespaces: [aNamespace('shop')], egressIPs: [foreign] });
    expect(plan(snapshot)).toMatchObject({ allocations: [], steps: [{ kind: 'label-node' }, { kind: 'label-node' }] });
    expect(codes(snapshot)).toEqual(['shop: EgressIPConflict']);
    expect(plan({ ...snapshot, egressIPs: [] }).allocations).toHaveLength(1);
  });

  it('law 2: takes nothing that was promised', () => {
    const snapshot = onOvn({ namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' })], egressIPs: [foreign] });
    expect(plan(snapshot).allocations).toMatchObject([{ addresses: ['10.0.0.1'], state: 'Conflict' }]);
    expect(codes(snapshot)).toEqual(['shop: EgressIPConflict']);
  });
});

describe('a change of several addresses', () => {
  const pools = ['a', 'b', 'c'].map((zone, index) => `10.0.${index}.0/24=${zone}`);
  const nodes = ['a', 'b', 'c'].map((zone, index) => aNode(`n${index + 1}`, zone, { primaryInterfaceAddress: `{"ipv4":"10.0.${index}.250/24"}` }));
  const asked = ['10.0.0.9', '10.0.1.9', '10.0.2.9'];
  const on = (node: string, egressIP: string): { readonly node: string; readonly egressIP: string } => ({ node, egressIP });
  const [a1, b1, c1, a2, b2] = [on('n1', '10.0.0.1'), on('n2', '10.0.1.1'), on('n3', '10.0.2.1'), on('n1', '10.0.0.9'), on('n2', '10.0.1.9')];
  /** What is applied next to an EgressIP with these addresses, of which some are assigned. */
  const next = (egressIPs: readonly string[], assigned: readonly { readonly node: string; readonly egressIP: string }[], deadNode = ''): readonly string[] | undefined => {
    const shop = aNamespace('shop', 0, { egressIPs: asked.join(), allocated: `pool/${asked.join()}` });
    const alive = nodes.map((node) => ({ ...node, ready: node.name !== deadNode }));
    const { steps } = plan(onOvn({ egressIPAMs: [anEgressIPAM(pools)], nodes: alive, namespaces: [shop], egressIPs: [anEgressIP('shop', egressIPs, { assigned })] }));
    return steps.find((step) => step.kind === 'apply-egress-ip')?.egressIPs;
  };

  it('replaces one after the other, each by that of its own CIDR, whatever their order', () => {
    expect(next(['10.0.0.1', '10.0.1.1', '10.0.2.1'], [a1, b1, c1])).toEqual(['10.0.1.1', '10.0.2.1', '10.0.0.9']);
    expect(next(['10.0.2.1', '10.0.0.1', '10.0.1.1'], [a1, b1, c1])).toEqual(['10.0.0.1', '10.0.1.1', '10.0.2.9']);
  });

  it('waits until the network has assigned what came last, before the last step too', () => {
    expect(next(['10.0.1.1', '10.0.2.1', '10.0.0.9'], [b1, c1])).toBeUndefined();
    expect(next(['10.0.1.1', '10.0.2.1', '10.0.0.9'], [a2, b1, c1])).toEqual(['10.0.2.1', '10.0.0.9', '10.0.1.9']);
    expect(next(['10.0.2.1', '10.0.0.9', '10.0.1.9'], [a2, c1])).toBeUndefined();
    expect(next(['10.0.2.1', '10.0.0.9', '10.0.1.9'], [a2, b2, c1])).toEqual(asked);
  });

  it('does not wait for what no node can take', () => {
    expect(next(['10.0.1.1', '10.0.2.9', '10.0.0.9'], [a2, b1])).toBeUndefined();
    expect(next(['10.0.1.1', '10.0.2.9', '10.0.0.9'], [a2, b1], 'n3')).toEqual(asked);
  });

  it('waits for what will have the room that the cloud has not taken back yet', () => {
    const cloud = { name: 'baremetal', attach: false, atomicMove: false, cloud: true, observationRequired: false } as const;
    const full = ['n1', 'n2'].map((name) => aNode(name, 'a', { egressIPConfig: '[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/24"},"capacity":{"ipv4":1}}]' }));
    const shop = aNamespace('shop', 0, { egressIPs: '10.0.0.9,10.0.0.73', allocated: 'pool/10.0.0.9,10.0.0.73' });
    const egressIP = anEgressIP('shop', ['10.0.0.65', '10.0.0.9'], { assigned: [on('n2', '10.0.0.65')] });
    const leaving = { name: '10.0.0.1', deletedAt: '2026-01-31T00:00:00Z', specNode: 'n1', statusNode: 'n1' };
    const { steps } = plan(onOvn({ provider: cloud, nodes: full, egressIPAMs: [anEgressIPAM(['10.0.0.0/27=a', '10.0.0.64/27=a'])], namespaces: [shop], egressIPs: [egressIP], cloudPrivateIPConfigs: [leaving] }));
    expect(steps.filter(({ kind }) => kind === 'apply-egress-ip')).toEqual([]);
  });

  it('begins with what carries nothing, and changes all at once where nothing does', () => {
    expect(next(['10.0.0.1', '10.0.1.1', '10.0.2.1'], [a1, c1])).toEqual(['10.0.0.1', '10.0.2.1', '10.0.1.9']);
    expect(next(['10.0.0.1', '10.0.1.1', '10.0.2.1'], [])).toEqual(asked);
  });
});

describe('the way out', () => {
  const served = settle(onOvn({ namespaces: [aNamespace('shop')] }));
  const withConfig = { ...served, cloudPrivateIPConfigs: [{ name: '10.0.0.1', specNode: 'n1', statusNode: 'n1' }] };

  it('clears the annotation only when the CloudPrivateIPConfig is gone', () => {
    const optedOut = { ...withConfig, namespaces: withConfig.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest) };
    const waiting = settle(optedOut);
    expect(waiting.egressIPs).toEqual([]);
    expect(waiting.namespaces[0]?.egressIPs).toBe('10.0.0.1');
    expect(readySteps(plan(waiting))).toEqual([]);
    expect(explain(waiting, plan(waiting), { kind: 'namespace', name: 'shop' }).statements).toContain("Its release waits until the cloud's controller has removed CloudPrivateIPConfig 10.0.0.1.");
    expect(explain(waiting, plan(waiting), { kind: 'address', name: '10.0.0.1' }).statements).toContain('CloudPrivateIPConfig 10.0.0.1 asks the cloud for it on n1.');
    expect(settle({ ...waiting, cloudPrivateIPConfigs: [] }).namespaces[0]?.egressIPs).toBeUndefined();
  });

  it('waits for an EgressIP that somebody holds while it goes, and writes nothing meanwhile', () => {
    const held = { ...served, egressIPs: served.egressIPs.map((egressIP) => ({ ...egressIP, deletedAt: '2026-02-01T00:00:00Z' })) };
    expect(plan(held).steps).toEqual([]);
    expect(plan({ ...held, egressIPs: [] }).steps).toMatchObject([{ kind: 'apply-egress-ip', egressIPs: ['10.0.0.1'] }]);
    const optedOut = settle({ ...held, namespaces: held.namespaces.map(({ egressIPAM: _egressIPAM, ...rest }) => rest) });
    expect(plan(optedOut).steps).toMatchObject([{ kind: 'annotate', after: ['gone/EgressIP/egressip-shop'] }]);
    expect(settle({ ...optedOut, egressIPs: [] }).namespaces[0]?.egressIPs).toBeUndefined();
  });

  it('hands the address to nobody while the CloudPrivateIPConfig is there, though its namespace is gone', () => {
    const gone = settle({ ...withConfig, namespaces: [] });
    const next = plan({ ...gone, namespaces: [aNamespace('web')] });
    expect(next.allocations).toMatchObject([{ namespace: 'web', addresses: ['10.0.0.2'] }]);
  });
});

describe('an address that the cloud refuses', () => {
  const cloud = { name: 'aws', attach: false, cloud: true, observationRequired: false } as const;
  const nodes = ['n1', 'n2'].map((name) => aNode(name, 'a', { egressIPConfig: '[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/24"},"capacity":{"ipv4":10}}]' }));
  const served = settle(onOvn({ provider: cloud, nodes, namespaces: [aNamespace('shop')] }));
  const refusal = { name: '10.0.0.1', createdAt: '2026-01-03T00:00:05Z', generation: 1, specNode: 'n1', statusNode: 'n1', assigned: 'False', reason: 'CloudResponseError', message: 'the address is in use' };
  const addressesAfter = (change: object, egressIPs = served.egressIPs): unknown => plan({ ...served, egressIPs, cloudPrivateIPConfigs: [{ ...refusal, ...change }] }).allocations[0]?.addresses;

  it('before it was ever attached gives way to another', () => {
    expect(addressesAfter({})).toEqual(['10.0.0.2']);
  });

  it.each([
    ['its node changed before, so that it was attached', { generation: 2 }],
    ['the interface is full, which is no fault of the address', { message: 'PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit.' }],
    ['its object was made anew long after', { createdAt: '2026-03-01T00:00:00Z' }],
    ['the cloud is still at it', { assigned: 'Unknown', reason: 'CloudResponsePending' }],
    ...['UnauthorizedOperation: You are not authorized to perform this operation. status code: 403', 'Throttling: Rate exceeded', 'dial tcp: lookup ec2.us-east-1.amazonaws.com: no such host', 'InternalError: status code: 503', 'Node "n1" does not exist', 'context deadline exceeded'].map(
      (message): [string, object] => [`the cloud says "${message}", which is no fault of the address`, { message }],
    ),
  ])('stays when %s (law 2)', (_why, change) => {
    expect(addressesAfter(change)).toEqual(['10.0.0.1']);
  });

  it.each(['assign failed', 'InvalidParameterValue: Address 10.0.0.1 is in use. status code: 400', 'PrivateIPAddressInUse: already allocated to resource internal-lb', 'Address does not fall within the subnet'])('gives way when the cloud says "%s"', (message) => {
    expect(addressesAfter({ message })).toEqual(['10.0.0.2']);
  });

  it('gives way when it came into an old EgressIP a moment before', () => {
    const egressIPs = served.egressIPs.map((egressIP) => ({ ...egressIP, createdAt: '2025-01-01T00:00:00Z', appliedAt: '2026-01-03T00:00:00Z' }));
    expect(addressesAfter({}, egressIPs)).toEqual(['10.0.0.2']);
    expect(addressesAfter({ createdAt: '2026-03-01T00:00:00Z' }, egressIPs)).toEqual(['10.0.0.1']);
  });

  it('stays when the cloud refuses one address after the other and attaches none: that is for another reason', () => {
    const refused = Array.from({ length: 32 }, (_, index) => `10.0.1.${index + 1}`);
    const after = (configs: readonly object[]): unknown => plan({ ...served, refused, cloudPrivateIPConfigs: [refusal, ...configs] as ClusterSnapshot['cloudPrivateIPConfigs'] }).allocations[0]?.addresses;
    expect(after([])).toEqual(['10.0.0.1']);
    expect(after([{ name: '10.0.0.99', specNode: 'n2', statusNode: 'n2', assigned: 'True', reason: 'CloudResponseSuccess' }])).toEqual(['10.0.0.2']);
  });

  it('stays when a node carries it', () => {
    expect(addressesAfter({}, served.egressIPs.map((egressIP) => ({ ...egressIP, assigned: [{ node: 'n1', egressIP: '10.0.0.1' }] })))).toEqual(['10.0.0.1']);
  });

  it('is given to nobody else for a while', () => {
    expect(plan(onOvn({ provider: cloud, nodes, namespaces: [aNamespace('web')], refused: ['10.0.0.1'] })).allocations[0]?.addresses).toEqual(['10.0.0.2']);
  });
});

describe('the capacity of nodes in a cloud', () => {
  const cloud = { name: 'aws', attach: false, cloud: true, observationRequired: false } as const;
  const nodes = ['n1', 'n2'].map((name) => aNode(name, 'a', { egressIPConfig: '[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/24"},"capacity":{"ipv4":1}}]' }));
  const onCloud = (parts: Partial<ClusterSnapshot>): ClusterSnapshot => onOvn({ provider: cloud, nodes, ...parts });
  const served = (snapshot: ClusterSnapshot): readonly string[] => plan(snapshot).allocations.map(({ namespace }) => namespace);

  it('law 4: is none where less than none is announced', () => {
    const full = nodes.map((node) => ({ ...node, egressIPConfig: '[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/24"},"capacity":{"ip":-1}}]' }));
    expect(served(onCloud({ nodes: full, namespaces: [aNamespace('shop')] }))).toEqual([]);
  });

  it('law 4: is taken by EgressIPs made by hand, too', () => {
    const byHand = left('elsewhere', ['10.0.0.200'], { assigned: [{ node: 'n1', egressIP: '10.0.0.200' }] });
    expect(served(onCloud({ egressIPs: [byHand], namespaces: [aNamespace('first'), aNamespace('second', 1)] }))).toEqual(['first']);
  });

  it('law 4: is taken until the cloud has taken an address back', () => {
    const config = { name: '10.0.0.9', deletedAt: '2026-01-31T00:00:00Z', specNode: 'n1', statusNode: 'n1' };
    const namespaces = [aNamespace('first'), aNamespace('second', 1)];
    expect(served(onCloud({ cloudPrivateIPConfigs: [config], namespaces }))).toEqual(['first']);
    expect(served(onCloud({ namespaces }))).toEqual(['first', 'second']);
  });

  it('law 4: a node without host-cidrs, such as one of Windows, carries nothing where others have them', () => {
    const [first, second] = nodes;
    const telling = [first, { ...second, hostCIDRs: '["10.0.0.3/24"]' }] as readonly NodeSnapshot[];
    const result = plan(onCloud({ nodes: telling, namespaces: [aNamespace('first'), aNamespace('second', 1)] }));
    expect(result.allocations.map(({ namespace }) => namespace)).toEqual(['first']);
    expect(result.steps.flatMap((step) => (step.kind === 'label-node' ? [step.node] : []))).toEqual(['n2']);
  });

  it('law 4: is counted where the network assigned an address, before any is reserved for those that wait', () => {
    const settled = settle(onCloud({ namespaces: [aNamespace('first'), aNamespace('second', 1)] }));
    const egressIPs = settled.egressIPs.map((egressIP) => (egressIP.name === 'egressip-second' ? { ...egressIP, assigned: [{ node: 'n1', egressIP: egressIP.egressIPs[0] ?? '' }] } : egressIP));
    expect(served({ ...settled, egressIPs, namespaces: [...settled.namespaces, aNamespace('third', 2)] })).toEqual(['first', 'second']);
  });
});

describe('an address that something else has too', () => {
  const settled = settle(onOvn({ namespaces: [aNamespace('shop')] }));
  const assigned = { ...settled, egressIPs: settled.egressIPs.map((egressIP) => ({ ...egressIP, assigned: [{ egressIP: '10.0.0.1', node: 'n1' }] })) };
  const codes = (snapshot: ClusterSnapshot): readonly string[] => plan(snapshot).findings.map(({ code }) => code);
  const withHostCidr = (name: string): ClusterSnapshot => ({ ...assigned, nodes: assigned.nodes.map((node) => (node.name === name ? { ...node, hostCIDRs: '["10.0.0.30/27","10.0.0.1/27"]' } : node)) });

  it('is told when another node or a foreign EgressIP has it, and not when it is the carrier that shows it', () => {
    expect(codes(assigned)).toEqual([]);
    expect(codes(withHostCidr('n1'))).toEqual([]);
    expect(codes(withHostCidr('n2'))).toEqual(['AddressConflict']);
    const foreign = { ...assigned, egressIPs: [...assigned.egressIPs, left('elsewhere', ['10.0.0.1'])] };
    expect(codes(foreign)).toEqual(['AddressConflict']);
    expect(plan(foreign).allocations).toMatchObject([{ namespace: 'shop', addresses: ['10.0.0.1'], state: 'Conflict' }]);
  });
});

describe('dual stack', () => {
  const node = (name: string, networks: object, capacity?: object): NodeSnapshot => aNode(name, 'a', capacity === undefined ? { primaryInterfaceAddress: JSON.stringify(networks) } : { egressIPConfig: JSON.stringify([{ interface: 'eth0', ifaddr: networks, capacity }]) });
  const both = { ipv4: '10.0.0.0/24', ipv6: 'fd00::/64' };
  const pool = anEgressIPAM(['fd00::/64=a', '10.0.0.0/27=a']);

  it('law 3: an address of one family makes room for one of the other where only that node can take it', () => {
    const nodes = [node('n1', both), node('n2', { ipv6: 'fd00::/64' })];
    const result = plan(onOvn({ nodes, egressIPAMs: [pool], namespaces: [aNamespace('shop')] }));
    expect(result.allocations).toMatchObject([{ namespace: 'shop', addresses: ['fd00::1', '10.0.0.1'] }]);
  });

  it('law 3: an interface that is full of one family still takes the other', () => {
    const nodes = [node('n1', both, { ipv4: 1, ipv6: 1 }), node('n2', both, { ipv4: 1, ipv6: 1 })];
    const namespaces = ['first', 'second', 'third'].map((name, index) => aNamespace(name, index));
    const { allocations } = plan(onOvn({ nodes, egressIPAMs: [pool], namespaces, provider: { name: 'baremetal', attach: false, atomicMove: false, cloud: true, observationRequired: false } }));
    expect(allocations.filter(({ addresses }) => addresses.length === 2).map(({ namespace }) => namespace)).toEqual(['first', 'second']);
  });
});
