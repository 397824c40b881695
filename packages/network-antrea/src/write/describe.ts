import { parseAddress, type AdoptableBinding, type NetworkObjects, type NetworkStep } from '@egressip-ipam/core';
import { entriesOf } from '@egressip-ipam/core/plugin';
import { onlyNamespace, parseEgress, type ParsedEgress } from '../facts/parse-egress.ts';
import { boundsOf, type IPRange } from '../kinds/ip-range.ts';
import { egressKind } from '../kinds/egress.ts';
import { externalIPPoolKind } from '../kinds/external-ip-pool.ts';
import { payloadOf } from './payload.ts';

/** What a step changes, from what to what. */
export function describe(objects: NetworkObjects, step: NetworkStep): string {
  const payload = payloadOf(step);
  const { kind, name } = step.object;
  if (payload.write === 'delete') return 'exists and should not';
  if (kind === 'ExternalIPPool' || payload.write === 'pool') {
    const pool = entriesOf(objects, externalIPPoolKind).find((entry) => entry.name === name);
    return `has ${pool === undefined ? 'nothing' : list(pool.ipRanges)} and should have ${payload.write === 'pool' ? list(payload.pool.ipRanges) : 'nothing'}`;
  }
  const entry = entriesOf(objects, egressKind).find((other) => other.name === name);
  const after = wordOf(payload.egress.active, payload.egress.node);
  if (entry === undefined) return `does not exist and should be ${after}`;
  const before = wordOf(
    parseEgress(entry).active,
    entry.placedOn ?? (payload.egress.node === '' ? '' : entry.egressNode),
  );
  return before === after
    ? `is ${before} as it should, and something else of it is put right`
    : `is ${before} and should be ${after}`;
}

function wordOf(active: boolean, node: string): string {
  return `${active ? 'active' : 'in reserve'}${node === '' ? '' : ` on ${node}`}`;
}

function list(ranges: readonly IPRange[]): string {
  return ranges.map(({ cidr, start = '', end = '' }) => cidr ?? `${start}-${end}`).join(', ');
}

/** Sentences about every object that names an address. */
export function explain(objects: NetworkObjects, address: string): readonly string[] {
  const wanted = parseAddress(address);
  if (wanted === undefined) return [];
  const egresses = entriesOf(objects, egressKind)
    .map(parseEgress)
    .filter((egress) => egress.address === wanted);
  const pools = entriesOf(objects, externalIPPoolKind).filter(({ ipRanges }) =>
    ipRanges.some((range) => {
      const bounds = boundsOf(range);
      return (
        bounds !== undefined && typeof bounds.first === typeof wanted && bounds.first <= wanted && wanted <= bounds.last
      );
    }),
  );
  return [...egresses.map(sentence), ...pools.map(({ name }) => `ExternalIPPool ${name} has it.`)];
}

function sentence({ name, active, node, isConfirmed }: ParsedEgress): string {
  const place = node === undefined ? 'no node has it' : `${node} ${isConfirmed ? 'has it' : 'is to have it'}`;
  return `Egress ${name} ${active ? 'sends by it' : 'keeps it in reserve'}; ${place}.`;
}

/** Egresses that people made for one namespace: ours can take their place. */
export function adoptable(objects: NetworkObjects): readonly AdoptableBinding[] {
  return entriesOf(objects, egressKind)
    .map(parseEgress)
    .filter(({ ours, address }) => ours === undefined && address !== undefined)
    .map(({ object, source }) => {
      const namespace = onlyNamespace(source.namespaceSelector);
      const isWhole =
        namespace !== undefined && (source.podSelector === undefined || Object.keys(source.podSelector).length === 0);
      return {
        object,
        ...(namespace === undefined ? {} : { namespace }),
        addresses: [source.egressIP],
        ...(isWhole
          ? {}
          : { refusal: 'it does not apply to all pods of one namespace and nothing else: narrow it down first' }),
      };
    });
}
