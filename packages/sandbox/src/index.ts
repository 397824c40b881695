export { createApiServer, parseRoles, rbacAuthorizer, ruleAllows, StatusError } from './api-server/index.ts';
export { findEnvtestAssets, installCrds, startEnvtest } from './envtest/index.ts';
export { createFaultProxy } from './fault-proxy/index.ts';

export type { Fault, FaultCounts, FaultProxy, FaultProxyOptions, FaultProxyTarget, FaultRule, FaultStatus } from './fault-proxy/index.ts';
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
