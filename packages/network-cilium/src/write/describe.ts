import { parseAddress, type AdoptableBinding, type NetworkObjects, type NetworkStep } from '@egressip-ipam/core';
import { entriesOf, listOrNothing } from '@egressip-ipam/core/plugin';
import { onlyLabel, onlyNamespace, parsePolicy } from '../facts/parse-policy.ts';
import { egressGatewayPolicyKind, type EgressGatewayPolicyEntry } from '../kinds/egress-gateway-policy.ts';
import { hostnameLabel } from '../kinds/names.ts';
import { payloadOf } from './payload.ts';

/** What a step changes, from what to what: `sends by 10.0.0.1 of a and should send by 10.0.0.1 of b`. */
export function describe(objects: NetworkObjects, step: NetworkStep): string {
  const payload = payloadOf(step);
  const entry = entriesOf(objects, egressGatewayPolicyKind).find(({ name }) => name === step.object.name);
  const before = entry === undefined ? 'does not exist' : `sends by ${gatewaysOf(entry)}`;
  if (payload.write === 'delete') return `${before} and should not exist`;
  const after = listOrNothing(payload.policy.gateways.map(({ hostname, egressIP }) => `${egressIP} of ${hostname}`));
  return before === `sends by ${after}`
    ? `${before} as it should, and something else of it is put right`
    : `${before} and should send by ${after}`;
}

function gatewaysOf({ gateways }: EgressGatewayPolicyEntry): string {
  return listOrNothing(
    gateways.map(
      ({ nodeSelector, egressIP }) =>
        `${egressIP === '' ? 'its own address' : egressIP} of ${onlyLabel(nodeSelector, hostnameLabel) ?? 'the first node that it selects'}`,
    ),
  );
}

/** Sentences about every policy that names an address. */
export function explain(objects: NetworkObjects, address: string): readonly string[] {
  const wanted = parseAddress(address);
  return entriesOf(objects, egressGatewayPolicyKind)
    .map(parsePolicy)
    .flatMap(({ name, source, gateways, reserve }) => [
      ...(gateways.some((gateway) => gateway.address === wanted)
        ? [`CiliumEgressGatewayPolicy ${name} sends by ${gatewaysOf(source)}.`]
        : []),
      ...(reserve.some((other) => other.address === wanted)
        ? [`CiliumEgressGatewayPolicy ${name} keeps it in reserve: no gateway carries it now.`]
        : []),
    ]);
}

/** Policies that people made for one namespace: ours can take their place. */
export function adoptable(objects: NetworkObjects): readonly AdoptableBinding[] {
  return entriesOf(objects, egressGatewayPolicyKind)
    .map(parsePolicy)
    .filter(({ ours, gateways }) => ours === undefined && gateways.length > 0)
    .map(({ source, object }) => {
      const namespace = onlyNamespace(source);
      const isEverywhere =
        source.destinationCIDRs.every((cidr) => cidr === '0.0.0.0/0' || cidr === '::/0') &&
        source.excludedCIDRs.length === 0;
      const refusal =
        namespace === undefined
          ? 'it does not select all pods of one namespace and nothing else: narrow it down first'
          : isEverywhere
            ? undefined
            : 'it is for some destinations alone: keep it beside ours as an exception, or give these to an EgressIPAM as destinationCIDRs and excludedCIDRs, and then delete it';
      return {
        object,
        ...(namespace === undefined ? {} : { namespace }),
        addresses: source.gateways.map(({ egressIP }) => egressIP).filter((egressIP) => egressIP !== ''),
        ...(refusal === undefined ? {} : { refusal }),
      };
    });
}
