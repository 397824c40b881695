import { exitCode, type ExitCode } from './exit-code.ts';
import type { CommandContext } from './context.ts';
import { ownNamespace } from './own-namespace.ts';
import { untilStopped, type LogFlags } from './until-stopped.ts';

/** The flags of `agent`, as commander gives them. */
export interface AgentFlags extends LogFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly node: string;
  readonly namespace?: string;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly keyFolder?: string;
  readonly stateFile: string;
  readonly term: number;
  readonly metricsBindAddress: string;
  readonly metricsSecure: boolean;
  readonly metricsCertDir?: string;
  readonly healthProbeBindAddress: string;
}

/** `agent`: puts addresses into the kernel of the node that it runs on, until it is told to stop. */
export async function agentCommand(context: CommandContext, flags: AgentFlags): Promise<ExitCode> {
  const [{ runAgent }, { buildInfo }] = await Promise.all([
    import('@egressip-ipam/agent'),
    import('../output/build-info.ts'),
  ]);
  const { logLevel: _level, logFormat: _format, term, ...options } = flags;
  await untilStopped(context, flags, (log, signal) =>
    runAgent(
      { ...options, namespace: flags.namespace ?? ownNamespace(), term: term * 1000, build: buildInfo },
      log,
      signal,
    ),
  );
  return exitCode.nothingToDo;
}
