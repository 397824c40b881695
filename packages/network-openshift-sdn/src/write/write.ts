import type { KubernetesWrite, NetworkStep } from '@egressip-ipam/core';
import { hostSubnetKind } from '../kinds/host-subnet.ts';
import { hostedCIDRsAnnotation, hostedIPsAnnotation } from '../kinds/names.ts';
import { netNamespaceKind } from '../kinds/net-namespace.ts';
import { payloadOf, type HostPayload } from './payload.ts';

/** The Kubernetes write of a step: a patch that names the version it was decided on. */
export function write(step: NetworkStep): KubernetesWrite {
  const { name } = step.object;
  const payload = payloadOf(step);
  return payload.write === 'host'
    ? { verb: 'patch', resource: hostSubnetKind.resource, name, body: hostBody(payload), conditional: true }
    : {
        verb: 'patch',
        resource: netNamespaceKind.resource,
        name,
        body: { egressIPs: payload.egressIPs },
        conditional: true,
      };
}

function hostBody({ egressIPs, egressCIDRs, hostedIPs, hostedCIDRs }: HostPayload): Readonly<Record<string, unknown>> {
  return {
    metadata: { annotations: { [hostedIPsAnnotation]: hostedIPs, [hostedCIDRsAnnotation]: hostedCIDRs } },
    ...(egressIPs === undefined ? {} : { egressIPs }),
    ...(egressCIDRs === undefined ? {} : { egressCIDRs }),
  };
}
