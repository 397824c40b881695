export { findEnvtestAssets } from './assets.ts';
export { startEnvtest } from './envtest.ts';
export { freePorts } from './free-ports.ts';
export { installCrds } from './install-crds.ts';

export type { AuditEvent } from './audit.ts';
export type { Envtest, EnvtestOptions, Kubeconfig } from './envtest.ts';
export type { EnvtestToken } from './programs.ts';
