import type { RunOptions } from '../run/options.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { CommandContext } from './context.ts';
import { ownNamespace } from './own-namespace.ts';
import { untilStopped, type LogFlags } from './until-stopped.ts';
import { keepHeapSmall } from '../run/small-heap.ts';

/** The flags of `run`, as commander gives them. */
export interface RunFlags extends LogFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly leaderElect?: boolean;
  readonly leaderElectLeaseDuration: number;
  readonly leaderElectRenewDeadline: number;
  readonly leaderElectRetryPeriod: number;
  readonly namespace?: string;
  readonly network?: string;
  readonly provider?: string;
  readonly cloudRegion?: string;
  readonly cloudEndpoint?: string;
  readonly cloudQps?: number;
  readonly cloudPollInterval: number;
  readonly guardUnassigned?: boolean;
  readonly readServices?: boolean;
  readonly nodeProbe?: boolean;
  readonly nodeProbePort: number;
  readonly metricsBindAddress?: string;
  readonly metricsSecure: boolean;
  readonly metricsCertDir?: string;
  readonly healthProbeBindAddress: string;
}

/** `run`: the operator, until it is told to stop. */
export async function runCommand(context: CommandContext, flags: RunFlags): Promise<ExitCode> {
  keepHeapSmall();
  const { runOperator } = await import('../run/run-operator.ts');
  const code = await untilStopped(context, flags, (log, signal) => runOperator(toRunOptions(flags), log, signal));
  return code === 0 ? exitCode.nothingToDo : exitCode.couldNotRun;
}

function toRunOptions(flags: RunFlags): RunOptions {
  return {
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(flags.network === undefined ? {} : { network: flags.network }),
    ...(flags.provider === undefined ? {} : { provider: flags.provider }),
    cloud: {
      ...(flags.cloudRegion === undefined ? {} : { region: flags.cloudRegion }),
      ...(flags.cloudEndpoint === undefined ? {} : { endpoint: flags.cloudEndpoint }),
      ...(flags.cloudQps === undefined ? {} : { callsPerSecond: flags.cloudQps }),
    },
    cloudPollInterval: flags.cloudPollInterval,
    ...(flags.guardUnassigned === true ? { guardUnassigned: true } : {}),
    ...(flags.readServices === true ? { readServices: true } : {}),
    ...(flags.nodeProbe === true ? { nodeProbePort: flags.nodeProbePort } : {}),
    leaderElect: true,
    refusesBeside: flags.leaderElect !== true,
    leaseDuration: flags.leaderElectLeaseDuration,
    renewDeadline: flags.leaderElectRenewDeadline,
    retryPeriod: flags.leaderElectRetryPeriod,
    namespace: flags.namespace ?? ownNamespace(),
    metricsBindAddress: flags.metricsBindAddress ?? (flags.metricsSecure ? ':8443' : ':8080'),
    metricsSecure: flags.metricsSecure,
    ...(flags.metricsCertDir === undefined ? {} : { metricsCertDir: flags.metricsCertDir }),
    healthProbeBindAddress: flags.healthProbeBindAddress,
    logLevel: flags.logLevel,
    logFormat: flags.logFormat,
  };
}
