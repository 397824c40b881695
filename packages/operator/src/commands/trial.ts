import type { TrialBinding, TrialNetworkName } from '@egressip-ipam/sandbox';
import { table } from '../output/table.ts';
import { servesNothing } from '../run/options.ts';
import type { TrialCluster } from '../trial/trial-cluster.ts';
import type { CommandContext } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** The flags of `trial`. */
export interface TrialOptions {
  readonly network: TrialNetworkName;
}

const namespaces = ['billing', 'crm', 'frontend', 'payments', 'reports', 'search', 'shop', 'warehouse'];
const deadNode = 'worker-a1';
const longestWait = 30_000;

/**
 * `trial`: the operator on a cluster inside this process; shows addresses being given out, and moved when a node dies.
 */
export async function trialCommand(context: CommandContext, options: TrialOptions): Promise<ExitCode> {
  const { network } = options;
  const [{ startTrialCluster }, { createLog }, { runOperator }] = await Promise.all([
    import('../trial/trial-cluster.ts'),
    import('../log/log.ts'),
    import('../run/run-operator.ts'),
  ]);
  const cluster = await startTrialCluster(network);
  const stop = new AbortController();
  const log = createLog((line) => context.terminal.error(line), {
    format: 'text',
    level: 'warn',
    now: () => Date.now(),
  });
  const running = {
    ...servesNothing,
    kubeconfig: cluster.kubeconfig,
    network,
    leaderElect: false,
    namespace: 'default',
    logLevel: 'warn',
  } as const;
  const ended = runOperator(running, log, stop.signal);
  try {
    await show(context, cluster, network);
    return exitCode.nothingToDo;
  } finally {
    stop.abort();
    await ended;
    await cluster.stop();
  }
}

async function show(context: CommandContext, cluster: TrialCluster, network: string): Promise<void> {
  const out = (text: string): void => context.terminal.out(text);
  const read = (): Promise<readonly TrialBinding[]> => cluster.readBindings();
  out(
    `A cluster in this process: nine nodes in three zones on ${network}, one EgressIPAM with a CIDR per zone.\n\n${namespaces.length} namespaces ask for egress IPs:\n\n`,
  );
  const start = performance.now();
  for (const name of namespaces) await cluster.addNamespace(name);
  const before = await until(
    read,
    (bindings) => bindings.length === namespaces.length && bindings.every(isCarried),
    (bindings) => {
      out(
        `  ${seconds(start)}  ${bindings.filter(isCarried).length} of ${namespaces.length} namespaces have their addresses on nodes\n`,
      );
    },
  );
  out(`\n${bindingTable(context, before)}\n\nNow ${deadNode} dies:\n\n`);
  const death = performance.now();
  await cluster.setReady(deadNode, false);
  const after = await until(
    read,
    (bindings) =>
      bindings.every((binding) => isCarried(binding) && binding.addresses.every(({ node }) => node !== deadNode)),
    () => undefined,
  );
  out(
    `${movesTable(context, before, after)}\n\n${milliseconds(death)} after the node, everything is carried again; addresses that were on other nodes stayed there.\n`,
  );
  if (cluster.afterMove !== undefined) out(`${cluster.afterMove}\n`);
  out(
    '\nOn your own cluster:\n  npm start -- plan --help                           decide from files, change nothing\n  npm start -- --kubeconfig ~/.kube/config           run the operator from here\n  deploy/README.md                                   install it (Helm, kubectl apply -k, OLM)\n',
  );
}

const isCarried = ({ addresses }: TrialBinding): boolean => addresses.every(({ node }) => node !== undefined);

/** Looks until something is so; tells each time that something else is seen. */
async function until(
  read: () => Promise<readonly TrialBinding[]>,
  isSo: (bindings: readonly TrialBinding[]) => boolean,
  tell: (bindings: readonly TrialBinding[]) => void,
): Promise<readonly TrialBinding[]> {
  const end = performance.now() + longestWait;
  for (let said = ''; performance.now() < end;) {
    const bindings = await read();
    const text = String(bindings.filter(isCarried).length);
    if (text !== said && bindings.length > 0) tell(bindings);
    said = text;
    if (isSo(bindings)) return bindings;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the trial's cluster did not get where it should within ${longestWait / 1000} s; please report this`);
}

function bindingTable({ terminal }: CommandContext, bindings: readonly TrialBinding[]): string {
  return table(
    ['NAMESPACE', 'EGRESS IPS', 'NODES'],
    bindings.map(({ namespace, addresses }) => [
      namespace,
      addresses.map(({ address }) => address).join(', '),
      addresses.map(({ node }) => node ?? '–').join(', '),
    ]),
    terminal,
  );
}

function movesTable(
  { terminal }: CommandContext,
  before: readonly TrialBinding[],
  after: readonly TrialBinding[],
): string {
  const nodeBefore = new Map(
    before.flatMap(({ addresses }) => addresses.map(({ address, node }) => [address, node] as const)),
  );
  const rows = after.flatMap(({ namespace, addresses }) =>
    addresses
      .filter(({ address, node }) => nodeBefore.get(address) !== node)
      .map(({ address, node }) => [namespace, address, nodeBefore.get(address) ?? '–', node ?? '–']),
  );
  return table(['NAMESPACE', 'EGRESS IP', 'FROM', 'TO'], rows, terminal);
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function milliseconds(start: number): string {
  return `${Math.max(1, Math.round(performance.now() - start))} ms`;
}
