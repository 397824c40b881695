import { familyOf, formatAddress, type Address } from '../address/address.ts';
import type { Allotment } from '../allocate/allotment.ts';
import type { ContestedAddress } from '../claims/own-addresses.ts';
import { assignmentOf } from '../claims/match-assignments.ts';
import { namespaceFinding } from '../claims/namespace-finding.ts';
import { AlikeFindings } from '../finding/alike-findings.ts';
import { firstFew } from '../finding/list-texts.ts';
import type { Finding, FindingSeverity, ObjectReference } from '../finding/finding.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { poolOf, type Decided } from '../render/decided.ts';

/** What no longer fits of what namespaces have: kept (law 2), and said. */
export function allocationFindings(decided: Decided): readonly Finding[] {
  const findings: Finding[] = [];
  for (const entry of decided.contested) findings.push(...contestedFindings(decided, entry));
  const isContested = decided.usedElsewhere.size > 0 || decided.ledger.isAnyMarked('bound-by-others');
  for (const allotment of isContested ? decided.allotments : decided.unusual) {
    if (allotment.claim.intent.kind === 'release' || allotment.pool === undefined) continue;
    for (const address of allotment.addresses) inspect(decided, allotment, address, findings);
  }
  return [...findings, ...notSelected(decided), ...foreignHosts(decided)];
}

/** Who keeps what it has, though its EgressIPAM would give it nothing any more; who asks for something is told that. */
function notSelected({ allotments, pools }: Decided): readonly Finding[] {
  if (pools.list.every(({ egressIPAM: { source } }) => source.namespaceSelector === undefined)) return [];
  return allotments.flatMap(({ claim: { namespace, pool, intent }, addresses, waiting }): readonly Finding[] => {
    if (addresses.length === 0 || pool === undefined || waiting !== undefined || intent.kind === 'release') return [];
    if (pool.egressIPAM.selectsNamespace(namespace.source.labels ?? {})) return [];
    const texts = addresses.map(formatAddress);
    const message = `it keeps ${texts.join(', ')}, though the namespaceSelector of EgressIPAM ${pool.name} does not select this namespace; add the labels it asks for, or remove the annotation to give them back`;
    return [namespaceFinding(namespace.name, { code: 'NamespaceNotAllowed', severity: 'warning', message }, addresses)];
  });
}

/** An address that was promised and that something else has too. */
function contestedFindings(decided: Decided, { claim, address, boundBy }: ContestedAddress): readonly Finding[] {
  const { ledger, nodes, facts, users, usedElsewhere } = decided;
  const { name } = claim.namespace;
  const text = formatAddress(address);
  const say = (code: 'AddressReserved' | 'AddressConflict', severity: FindingSeverity, message: string): Finding =>
    namespaceFinding(name, { code, severity, message }, [address]);
  const sayConflict = (use: string): Finding =>
    say('AddressConflict', 'error', `${text} belongs to the namespace, but ${use}; free it there`);
  if (boundBy !== undefined) return [sayConflict(`${boundBy.kind} ${boundBy.name} uses it too`)];
  const isOnNode = (index: NodeIndex, node: string): boolean =>
    nodes.nodes[index]?.addresses.includes(address) === true || facts.nodeOf(node).addresses.includes(address);
  const host = ledger.host.at(ledger.slotOf(address));
  const hostName = host === undefined ? undefined : nodes.nameOf(host);
  const assignment = claim.pool === undefined ? undefined : assignmentOf(claim.pool.egressIPAM, address);
  const reservation = assignment === undefined ? undefined : users.reservation(assignment, address);
  if (reservation !== undefined) {
    return [
      say(
        'AddressReserved',
        'warning',
        `${text} stays with the namespace, though ${reservation}; release it or lift the reservation`,
      ),
    ];
  }
  const others = users.beside(name, address, hostName);
  const isInCloud = usedElsewhere.has(address);
  // A node may list what it carries for us among its own addresses, but not as what it goes by itself.
  const isOnHost = host !== undefined && hostName !== undefined && isOnNode(host, hostName);
  const isHostItself = host !== undefined && isPrimary(nodes.nodes[host]?.addresses ?? [], address);
  if (others.length === 0 && !isInCloud && isOnHost && !isHostItself) return [];
  const use = useOf(
    isInCloud ? (users.inCloud(address) ?? 'someone else') : undefined,
    isHostItself && hostName !== undefined ? [`node ${hostName}`, ...others] : others,
  );
  const holders = [...nodes.entries()].filter(
    ([index, node]) => (index !== host || isHostItself) && isOnNode(index, node.name),
  );
  const message = `${text} is an address of this node, and belongs to namespace ${name}, whose traffic leaves by it; give the node another address`;
  return [
    sayConflict(use),
    ...holders.map(([, node]): Finding => ({
      code: 'AddressConflict',
      severity: 'error',
      object: { kind: 'Node', name: node.name },
      message,
      addresses: [text],
    })),
  ];
}

/** What is said of all who use an address beside a namespace. */
function useOf(inCloud: string | undefined, others: readonly string[]): string {
  const uses = inCloud === undefined ? [] : [`${inCloud} has it in the cloud`];
  if (others.length > 0) uses.push(`${firstFew(others)} ${others.length === 1 ? 'uses' : 'use'} it too`);
  return uses.length === 0 ? 'someone else uses it too' : uses.join(', and ');
}

/** Whether an address is the first of its family among those of a node: the one that others reach the node by. */
function isPrimary(addresses: readonly Address[], address: Address): boolean {
  return addresses.find((own) => familyOf(own) === familyOf(address)) === address;
}

/** Says what is wrong with an address of an allocation, mostly nothing. */
function inspect(decided: Decided, allotment: Allotment, address: Address, findings: Finding[]): void {
  const { ledger, nodes } = decided;
  const slot = ledger.slotOf(address);
  const pool = poolOf(allotment, address);
  if (pool === undefined) return;
  const group = pool.groupOf(address);
  const say = (code: Finding['code'], severity: FindingSeverity, message: string): void => {
    findings.push(namespaceFinding(allotment.claim.namespace.name, { code, severity, message }, [address]));
  };
  if (group === undefined) {
    say(
      'AddressOutOfPool',
      'warning',
      `${formatAddress(address)} stays with the namespace, though EgressIPAM ${pool.name} has no CIDR with it that can be used; put the CIDR back, or correct what is said of it, or remove the address from the annotation`,
    );
  }
  if (ledger.isMarked(slot, 'bound-by-others')) {
    say(
      'AddressConflict',
      'error',
      `${formatAddress(address)} is bound to another namespace's traffic too, and the network serves neither; unbind it there`,
    );
  }
  if (pool.placement === 'us') {
    const node = ledger.placement.at(slot);
    const isWell =
      node !== undefined && nodes.isUsable(node) && (group === undefined || group.selection.isSelected(node));
    if (!isWell)
      say(
        'AddressNotPlaced',
        'error',
        `${formatAddress(address)}: ${whyNotPlaced(decided, node)}; it waits for a node of its CIDR assignment`,
      );
  } else if (pool.placement === 'us-by-cidr' && !isTaker(decided, allotment, address, group?.selection.candidates)) {
    const node = ledger.host.at(slot);
    const isWell =
      node !== undefined && (group === undefined || (nodes.isUsable(node) && group.selection.isSelected(node)));
    const whyNowhere =
      (group?.selection.candidates.length ?? 0) === 0
        ? 'no node of its CIDR assignment is ready'
        : 'each node of its CIDR assignment that could take it has another address of the namespace';
    const why = node === undefined ? whyNowhere : whyNotPlaced(decided, node);
    if (!isWell) say('AddressNotPlaced', 'error', `${formatAddress(address)}: ${why}; it waits for one`);
  }
}

/** Whether one of these nodes can take an address: none that has another of its namespace's (law 3). */
function isTaker(
  { ledger }: Decided,
  { addresses }: Allotment,
  address: Address,
  nodes: readonly NodeIndex[] = [],
): boolean {
  const others = addresses.filter((other) => other !== address).map((other) => ledger.host.at(ledger.slotOf(other)));
  return nodes.some((node) => !others.includes(node));
}

function whyNotPlaced({ nodes }: Decided, node: NodeIndex | undefined): string {
  if (node === undefined) return 'no node can carry it now';
  const name = nodes.nameOf(node);
  if (nodes.nodes[node]?.source.ready !== true) return `node ${name} is not ready and no other node can take it`;
  if (!nodes.isUsable(node)) return `node ${name} is about to go and no other node can take it`;
  return `node ${name}, which carries it, is no node of its CIDR assignment any more, and no other node can take it; until one does it stays there`;
}

/** Addresses in our CIDRs that the network hosts for nobody in our care: in use, and left alone (law 5). */
function foreignHosts({ stray, ledger, nodes, pools }: Decided): readonly Finding[] {
  const byObject = new Map<ObjectReference, AlikeFindings>();
  for (const { host, entry } of stray) {
    const { address, node, ours, state } = entry;
    if (ours || state !== 'shown') continue;
    const slot = ledger.slotOf(address);
    if (ledger.owner.has(slot) || ledger.isLeaving(slot)) continue;
    const index = nodes.indexOf(node);
    if (index !== undefined && pools.ofNode(index)?.placement === 'us-by-cidr') continue;
    if (ledger.layout.spaceOf(address) === undefined) continue;
    let findings = byObject.get(host.object);
    if (findings === undefined) byObject.set(host.object, (findings = new AlikeFindings()));
    const text = formatAddress(address);
    const message = `${text} was not put there by this operator; it counts as in use and stays`;
    findings.add({ code: 'ForeignHostedAddress', severity: 'info', object: host.object, message, addresses: [text] });
  }
  return [...byObject.values()].flatMap((findings) => findings.all());
}
