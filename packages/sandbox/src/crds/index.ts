import { antreaEgressCrd, externalIpPoolCrd } from './antrea.ts';
import { ciliumEgressGatewayPolicyCrd } from './cilium.ts';
import { cloudPrivateIpConfigCrd } from './cloud-private-ip-config.ts';
import { credentialsRequestCrd } from './credentials-request.ts';
import { infrastructureCrd } from './infrastructure/index.ts';
import { machineSetCrd } from './machine-set.ts';
import { hostSubnetCrd, netNamespaceCrd } from './openshift-sdn.ts';
import { egressFirewallCrd, egressIpCrd } from './ovn-kubernetes.ts';

export type { CustomResourceDefinition } from './define-crd.ts';

/**
 * CustomResourceDefinitions of the networks and of OpenShift, by the plural name of what they define. They accept,
 * refuse and show what the real ones do; descriptions and messages are left out.
 */
export const networkCrds = {
  hostsubnets: hostSubnetCrd,
  netnamespaces: netNamespaceCrd,
  egressips: egressIpCrd,
  egressfirewalls: egressFirewallCrd,
  cloudprivateipconfigs: cloudPrivateIpConfigCrd,
  ciliumegressgatewaypolicies: ciliumEgressGatewayPolicyCrd,
  egresses: antreaEgressCrd,
  externalippools: externalIpPoolCrd,
  infrastructures: infrastructureCrd,
  machinesets: machineSetCrd,
  credentialsrequests: credentialsRequestCrd,
} as const;

/** The plural name of one of {@link networkCrds}. */
export type NetworkCrd = keyof typeof networkCrds;
