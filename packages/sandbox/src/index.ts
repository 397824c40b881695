export { createApiServer, parseRoles, rbacAuthorizer, ruleAllows, StatusError } from './api-server/index.ts';
export { AntreaWebhook, startAntrea } from './antrea/index.ts';
export { fnv32a, packetRules, startCilium } from './cilium/index.ts';
export { startCloudNetworkConfigController } from './cloud-network-config/index.ts';
export { networkCrds } from './crds/index.ts';
export { Ec2Error, findMoto, startStrictEc2 } from './ec2/index.ts';
export { egressNodesCrd, startEgressAgents } from './egress-agents/index.ts';
export { findEnvtestAssets, freePorts, installCrds, startEnvtest } from './envtest/index.ts';
export { createFaultProxy } from './fault-proxy/index.ts';
export { trialNetworks } from './networks/index.ts';
export { createNodeNetwork, nodeNetworkUnavailable } from './node-network/index.ts';
export {
  addressOfConfigName,
  assignEgressIps,
  clusterManagerUser,
  configNameOf,
  markAdmission,
  markAdmissionPolicy,
  parseEgressIpSpec,
  readOvnNode,
  startOvnClusterManager,
  validItems,
} from './ovn-kubernetes/index.ts';
export {
  readHostSubnet,
  readNetNamespace,
  reallocateEgressIps,
  sdnTraffic,
  startSdnMaster,
} from './sdn-master/index.ts';
export { seededRandom } from './stand-in/seeded-random.ts';

export type { Antrea, AntreaOptions, AntreaPod, AntreaTraffic } from './antrea/index.ts';
export type {
  Cilium,
  CiliumOptions,
  CiliumPod,
  CiliumTraffic,
  DropReason,
  PacketPorts,
  PolicyMapEntry,
  PolicyMapValue,
} from './cilium/index.ts';
export type { CloudInterface, CloudNetworkConfigOptions } from './cloud-network-config/index.ts';
export type { CustomResourceDefinition, NetworkCrd } from './crds/index.ts';
export type {
  Ec2Call,
  Ec2CallCounts,
  Ec2ClusterOptions,
  Ec2Fault,
  Ec2FaultRule,
  Ec2NetworkInterface,
  Ec2Node,
  Ec2Parameters,
  Staleness,
  StrictEc2,
  StrictEc2Options,
} from './ec2/index.ts';
export type { EgressAgents, EgressAgentsOptions } from './egress-agents/index.ts';
export type { RunningNetwork, TrialBinding, TrialNetwork, TrialNetworkName } from './networks/index.ts';
export type {
  Fault,
  FaultCounts,
  FaultProxy,
  FaultProxyOptions,
  FaultProxyTarget,
  FaultRule,
  FaultStatus,
} from './fault-proxy/index.ts';
export type {
  Allocation,
  Allocations,
  AssignmentRequest,
  EgressCapacity,
  EgressIpEvent,
  EgressIpItem,
  ManagerLeaseOptions,
  OvnClusterManager,
  OvnClusterManagerOptions,
  OvnNode,
} from './ovn-kubernetes/index.ts';
export type { HostSubnet, NetNamespace, SdnMasterOptions, SdnNode, SdnTraffic } from './sdn-master/index.ts';
export type { Cut, Frame, Link, Machine, NeighbourMessage, NodeNetwork, Recorder } from './node-network/index.ts';
export type { StandIn } from './stand-in/cluster-loop.ts';
export type { AuditEvent, Envtest, EnvtestOptions, EnvtestToken, Kubeconfig } from './envtest/index.ts';
export type {
  Admission,
  AdmissionRefusal,
  AdmissionRequest,
  ApiServer,
  ApiServerOptions,
  Authorizer,
  LoggedRequest,
  NonResourceRequest,
  PolicyRule,
  RequestInfo,
  RequestLog,
  ResourceRequest,
  StatusBody,
  User,
  Verb,
} from './api-server/index.ts';
