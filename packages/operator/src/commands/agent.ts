import { exitCode, type ExitCode } from './exit-code.ts';
import type { CommandContext } from './context.ts';
import { ownNamespace } from './own-namespace.ts';

/** The flags of `agent`, as commander gives them. */
export interface AgentFlags {
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
  readonly healthProbeBindAddress: string;
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
}

/** `agent`: puts addresses into the kernel of the node that it runs on, until it is told to stop. */
export async function agentCommand(context: CommandContext, flags: AgentFlags): Promise<ExitCode> {
  const [{ createLog }, { buildInfo }, { runAgent }] = await Promise.all([import('../run/log.ts'), import('../build-info.ts'), import('@egressip-ipam/agent')]);
  const { logLevel, logFormat, term, ...options } = flags;
  const log = createLog((line) => context.terminal.error(line), { format: logFormat, level: logLevel, now: () => Date.now() });
  log.info('starting', { ...buildInfo, node: process.version, flags });
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info('stopping', { signal });
    stop.abort();
  };
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal);
  try {
    await runAgent({ ...options, namespace: flags.namespace ?? ownNamespace(), term: term * 1000 }, log, stop.signal);
    return exitCode.nothingToDo;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}
