import type { RunOptions } from '../run/options.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { CommandContext } from './context.ts';
import { ownNamespace } from './own-namespace.ts';
import { keepHeapSmall } from '../run/small-heap.ts';

/** The flags of `run`, as commander gives them. */
export interface RunFlags {
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
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
}

/** `run`: the operator, until it is told to stop. */
export async function runCommand(context: CommandContext, flags: RunFlags): Promise<ExitCode> {
  keepHeapSmall();
  const { createLog } = await import('../run/log.ts');
  const { runOperator } = await import('../run/run-operator.ts');
  const log = createLog((line) => context.terminal.error(line), { format: flags.logFormat, level: flags.logLevel, now: () => Date.now() });
  const { buildInfo } = await import('../build-info.ts');
  log.info('starting', { ...buildInfo, node: process.version, flags });
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info('stopping', { signal });
    stop.abort();
  };
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal);
  try {
    const code = await runOperator(toRunOptions(flags), log, stop.signal);
    return code === 0 ? exitCode.nothingToDo : exitCode.couldNotRun;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
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
    leaderElect: flags.leaderElect === true,
    leaseDuration: flags.leaderElectLeaseDuration,
    renewDeadline: flags.leaderElectRenewDeadline,
    retryPeriod: flags.leaderElectRetryPeriod,
    namespace: flags.namespace ?? ownNamespace(),
    metricsBindAddress: flags.metricsBindAddress,
    healthProbeBindAddress: flags.healthProbeBindAddress,
    logLevel: flags.logLevel,
    logFormat: flags.logFormat,
  };
}
