export { createApiServer } from './create-api-server.ts';
export { parseRoles, rbacAuthorizer, ruleAllows } from './access/rbac.ts';
export { StatusError } from './status-errors.ts';

export type { Admission, AdmissionRefusal, AdmissionRequest } from './access/admission.ts';
export type { Authorizer } from './access/authorize.ts';
export type { PolicyRule } from './access/rbac.ts';
export type { User } from './access/user.ts';
export type { ApiServer, ApiServerOptions } from './create-api-server.ts';
export type { NonResourceRequest, RequestInfo, ResourceRequest, Verb } from './request-info.ts';
export type { LoggedRequest, RequestLog } from './request-log.ts';
export type { StatusBody } from './status-errors.ts';
