#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { defaultTerm } from './fencing/timings.ts';
import type { AgentOptions, Log } from './run/options.ts';
import { runAgent } from './run/run-agent.ts';

const defaults = {
  peerPort: 9811,
  stateFile: '/run/egressip-ipam/agent.json',
  namespace: 'egressip-ipam-operator',
} as const;

/** Reads the flags, and what a pod is told by its environment. @throws Error that names what is missing or wrong */
function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): AgentOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      server: text,
      kubeconfig: text,
      context: text,
      node: text,
      namespace: text,
      term: text,
      'peer-address': text,
      'peer-port': text,
      'key-folder': text,
      'state-file': text,
      'metrics-bind-address': text,
      'health-probe-bind-address': text,
    },
  });
  const node = values.node ?? environment['NODE_NAME'];
  const peerAddress = values['peer-address'] ?? environment['HOST_IP'];
  if (node === undefined || peerAddress === undefined)
    throw new Error('--node and --peer-address (or NODE_NAME and HOST_IP) are needed');
  const term = Number(values.term ?? defaultTerm / 1000) * 1000;
  return {
    node,
    peerAddress,
    term,
    namespace: values.namespace ?? environment['POD_NAMESPACE'] ?? defaults.namespace,
    peerPort: Number(values['peer-port'] ?? defaults.peerPort),
    stateFile: values['state-file'] ?? defaults.stateFile,
    metricsBindAddress: values['metrics-bind-address'] ?? '0',
    healthProbeBindAddress: values['health-probe-bind-address'] ?? '0',
    ...(values.server === undefined ? {} : { server: values.server }),
    ...(values.kubeconfig === undefined ? {} : { kubeconfig: values.kubeconfig }),
    ...(values.context === undefined ? {} : { context: values.context }),
    ...(values['key-folder'] === undefined ? {} : { keyFolder: values['key-folder'] }),
  };
}

const line =
  (level: string) =>
  (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, message })}\n`);
const log: Log = { info: line('info'), warn: line('warn'), error: line('error') };

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort()).once('SIGINT', () => stop.abort());
try {
  await runAgent(readOptions(process.argv.slice(2), process.env), log, stop.signal);
} catch (error) {
  log.error('the agent cannot run', { reason: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
