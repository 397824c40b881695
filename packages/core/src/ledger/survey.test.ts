import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import type { HostedAddress, NetworkFacts } from '../network-contract/facts.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { Parser, type ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import type { AttachedAddress, NodeObservation } from '../provider-contract/observation.ts';
import type { ClusterSnapshot, ProviderSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { AddressLayout } from './address-layout.ts';
import { AddressLedger } from './address-ledger.ts';
import { HostedList } from './hosted-list.ts';
import type { ClaimIndex } from './indexes.ts';
import { NodeNames } from './node-names.ts';
import * as survey from './survey.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;
const cloud: ProviderSnapshot = { name: 'cloud', attach: true, cloud: true, observationRequired: true };

/** A pool of 10.0.0.0/24, and what a survey of it is made from. */
class Scene {
  readonly snapshot: ParsedSnapshot;
  readonly facts: NetworkFacts;
  readonly ledger = new AddressLedger(new AddressLayout(parseCidrs(['10.0.0.0/24'])));
  readonly hosted: HostedList;
  readonly nodes: survey.SurveyedNodes;

  constructor(parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>, facts: Partial<NetworkFacts> = {}) {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a'])];
    this.snapshot = new Parser().parse(aSnapshot({ egressIPAMs, nodes: [aNode('n1'), aNode('n2')], ...parts }));
    this.facts = { ...plain.createFactsReader().read(networkView(this.snapshot)), ...facts };
    const names = new NodeNames(this.snapshot.nodes);
    this.hosted = new HostedList(this.facts.hosts, names, this.ledger);
    const subnets = survey.nodeSubnets(this.snapshot, []);
    this.nodes = { indexOf: (name) => names.indexOf(name), present: names.present, subnets };
  }

  attachments(...texts: readonly string[]): readonly (number | undefined)[] {
    survey.noteHosts(this.ledger, this.hosted);
    survey.noteAttachments(this.ledger, this.snapshot, this.facts, this.nodes);
    return texts.map((text) => this.ledger.attachment.at(this.ledger.slotOf(at(text))));
  }

  get taken(): readonly string[] {
    const all = Array.from({ length: 256 }, (_, last) => `10.0.0.${last}`);
    return all.filter((text) => this.ledger.isTaken(at(text)));
  }
}

const hosts = (
  ...entries: readonly (Partial<HostedAddress> & { readonly text: string })[]
): Pick<NetworkFacts, 'hosts'> => ({
  hosts: entries.map(({ text, ...more }, index) => ({
    object: { kind: 'Host', name: `host-${index}` },
    hosted: [{ address: at(text), node: 'n1', ours: true, namespace: 'shop', state: 'shown', ...more }],
  })),
});

function seen(node: string, ...addresses: readonly AttachedAddress[]): NodeObservation {
  return { node, interfaces: [{ id: 'i', main: true, subnets: [], addresses }], limits: {} };
}

const secondary = (address: string, more: Partial<AttachedAddress> = {}): AttachedAddress => ({
  address,
  primary: false,
  ...more,
});

describe('what nobody may ever get', () => {
  it('is what everything that is known of the cluster says', () => {
    const primary = { address: '10.0.0.9', primary: true };
    const observation = {
      nodes: [seen('n1', primary, secondary('10.0.0.200'))],
      cidrs: [{ cidr: '10.0.0.0/24', inUse: [], reserved: ['10.0.0.10-10.0.0.11'] }],
    };
    const scene = new Scene(
      {
        nodes: [aNode('n1', 'a', { addresses: ['10.0.0.3'] })],
        provider: { ...cloud, observation },
        infrastructure: { virtualIPs: ['10.0.0.4'] },
        serviceAddresses: [{ address: '10.0.0.5', usedBy: 'Service shop/web' }],
      },
      {
        reserved: [{ first: at('10.0.0.6'), last: at('10.0.0.6'), reason: 'it is a gateway' }],
        used: [{ address: at('10.0.0.7'), by: 'EgressIP other' }],
        refused: new Set([at('10.0.0.8')]),
      },
    );
    survey.takeReserved(scene.ledger, scene.snapshot, scene.facts, scene.nodes);
    expect(scene.taken).toEqual(
      ['0', '3', '4', '5', '6', '7', '8', '9', '10', '11', '255'].map((last) => `10.0.0.${last}`),
    );
  });

  it('is what the platform keeps in each subnet; where no node tells its own, the CIDR is taken for one', () => {
    const provider = { ...cloud, attach: false, keptInSubnets: { first: 4, last: 1 } };
    const { snapshot } = new Scene({ provider, egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=a'])] });
    const [known] = parseCidrs(['10.0.0.64/26']);
    if (known === undefined) throw new Error('no CIDR');
    const { supposed } = survey.nodeSubnets(snapshot, [known]);
    expect(supposed.map(({ text }) => text)).toEqual(['10.1.0.0/24']);
    const kept = (text: string): readonly string[] =>
      parseCidrs([text]).flatMap((subnet) =>
        survey
          .keptInSubnet(snapshot, subnet)
          .map(({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`),
      );
    expect(kept('10.0.0.64/26')).toEqual(['10.0.0.64-10.0.0.67', '10.0.0.127-10.0.0.127']);
    expect(kept('fd00::/64')).toEqual(['fd00::-fd00::3', 'fd00::ffff:ffff:ffff:ffff-fd00::ffff:ffff:ffff:ffff']);
    expect(kept('10.0.0.8/32')).toEqual([]);
  });
});

describe('the node that has an address', () => {
  it('is the first that the network shows; what another one has, too, is hosted twice', () => {
    const { ledger, hosted } = new Scene(
      {},
      hosts(
        { text: '10.0.0.1' },
        { text: '10.0.0.1', node: 'n2' },
        { text: '10.0.0.2', ours: false },
        { text: '10.0.0.2', ours: false },
        { text: '10.0.0.3', state: 'recorded' },
      ),
    );
    survey.noteHosts(ledger, hosted);
    const slots = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((text) => ledger.slotOf(at(text)));
    expect(slots.map((slot) => ledger.host.at(slot))).toEqual([0, 0, undefined]);
    expect(slots.map((slot) => ledger.isMarked(slot, 'hosted-twice'))).toEqual([true, false, false]);
    expect(slots.map((slot) => ledger.isMarked(slot, 'recorded'))).toEqual([true, false, true]);
  });

  it('strays where no claim has it, or another node is its host', () => {
    const { ledger, hosted } = new Scene(
      {},
      hosts({ text: '10.0.0.1' }, { text: '10.0.0.1', node: 'n2' }, { text: '10.0.0.2' }),
    );
    survey.noteHosts(ledger, hosted);
    ledger.owner.set(ledger.slotOf(at('10.0.0.1')), 0 as ClaimIndex);
    const names = (list: ReturnType<typeof survey.strayHosted>): readonly string[] =>
      list.map(({ host }) => host.object.name);
    expect(names(survey.unclaimedHosted(hosted, ledger))).toEqual(['host-2']);
    expect(names(survey.strayHosted(hosted, ledger))).toEqual(['host-1', 'host-2']);
  });
});

describe('the interface that carries an address', () => {
  const facts = hosts(
    { text: '10.0.0.1' },
    { text: '10.0.0.2', node: 'n2' },
    { text: '10.0.0.3', node: 'n2', ours: false },
  );

  it('is the one on which it was seen; a kernel that has it counts before half of it elsewhere', () => {
    const half = secondary('10.0.0.1', { incomplete: true });
    const observation = {
      nodes: [seen('n1', half, secondary('10.0.0.4', { incomplete: true })), seen('n2', secondary('10.0.0.1'))],
      cidrs: [],
    };
    const scene = new Scene({ provider: { ...cloud, observation } });
    expect(scene.attachments('10.0.0.1', '10.0.0.4', '10.0.0.5')).toEqual([1, 0, undefined]);
    const isHalf = (text: string): boolean => scene.ledger.isMarked(scene.ledger.slotOf(at(text)), 'half-attached');
    expect([isHalf('10.0.0.1'), isHalf('10.0.0.4')]).toEqual([false, true]);
  });

  it("law 9: is taken to be its host's where that was not seen, and it is ours", () => {
    const error = { class: 'transient', message: 'no answer' } as const;
    const observation = { nodes: [seen('n1'), { node: 'n2', error }], cidrs: [] };
    const scene = new Scene({ provider: { ...cloud, observation } }, facts);
    expect(scene.attachments('10.0.0.1', '10.0.0.2', '10.0.0.3')).toEqual([undefined, 1, undefined]);
    expect(['n1', 'n2', 'n3'].map((node) => survey.isSeen(scene.snapshot, node))).toEqual([true, false, false]);
  });

  it("is its host's where nothing was looked at, and nobody's where this project does not attach", () => {
    expect(new Scene({ provider: cloud }, facts).attachments('10.0.0.1', '10.0.0.2')).toEqual([0, 1]);
    expect(new Scene({}, facts).attachments('10.0.0.1', '10.0.0.2')).toEqual([undefined, undefined]);
  });
});

describe('an address that somebody else has', () => {
  const inUse = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => ({ address, usedBy: 'a load balancer' }));
  const cidrs = [{ cidr: '10.0.0.0/24', inUse, reserved: [] }];
  const elsewhere = (
    nodes: readonly NodeObservation[],
    more: Partial<ProviderSnapshot> = {},
    facts: Partial<NetworkFacts> = {},
  ): readonly string[] => {
    const scene = new Scene({ provider: { ...cloud, observation: { nodes, cidrs }, ...more } }, facts);
    scene.attachments();
    return [...survey.usedElsewhere(scene.ledger, scene.snapshot, scene.facts, scene.nodes)].map(formatAddress);
  };

  it('is in use in the cloud, and on no interface of ours, all of which were seen', () => {
    expect(elsewhere([seen('n1', secondary('10.0.0.1')), seen('n2')])).toEqual(['10.0.0.2', '10.0.0.3']);
    expect(elsewhere([seen('n1', secondary('10.0.0.1'))])).toEqual([]);
  });

  it('law 2: is not what a node that is gone had for us', () => {
    const facts = hosts({ text: '10.0.0.2', node: 'gone' });
    expect(elsewhere([seen('n1'), seen('n2'), seen('gone', secondary('10.0.0.1'))], {}, facts)).toEqual(['10.0.0.3']);
  });

  it("is what the cloud said is another's when it was to be attached", () => {
    const failure = (change: 'attach' | 'detach', address: string, errorClass: 'conflict' | 'capacity'): unknown =>
      elsewhere([], { failures: [{ change, address, node: 'n1', error: { class: errorClass, message: '' } }] });
    expect(failure('attach', '10.0.0.9', 'conflict')).toEqual(['10.0.0.9']);
    expect(failure('detach', '10.0.0.9', 'conflict')).toEqual([]);
    expect(failure('attach', '10.0.0.9', 'capacity')).toEqual([]);
  });
});

it('law 1: what is in use in any way is not handed out', () => {
  const observation = {
    nodes: [seen('n1', secondary('10.0.0.1'))],
    cidrs: [{ cidr: '10.0.0.0/24', inUse: [{ address: '10.0.0.2', usedBy: 'a machine' }], reserved: [] }],
  };
  const scene = new Scene(
    { provider: { ...cloud, observation }, refused: ['10.0.0.3', 'nonsense'] },
    { mentioned: [at('10.0.0.4')], ...hosts({ text: '10.0.0.5', state: 'recorded' }) },
  );
  const binding = { namespace: 'shop', object: { kind: 'Binding', name: 'shop' }, ours: false };
  const bound = { ...binding, addresses: [at('10.0.0.6')], unconfirmed: [at('10.0.0.7')] };
  const unclaimed = survey.unclaimedHosted(scene.hosted, scene.ledger);
  survey.takeUsed(scene.ledger, scene.snapshot, scene.facts, unclaimed, [bound]);
  expect(scene.taken).toEqual([1, 2, 3, 4, 5, 6, 7].map((last) => `10.0.0.${last}`));
});
