import { table } from '../output/table.ts';
import type { Binding } from '../trial/read-bindings.ts';
import type { TrialCluster } from '../trial/trial-cluster.ts';
import type { TrialNetwork } from '../trial/trial-crds.ts';
import type { CommandContext } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

/** The flags of `trial`. */
export interface TrialOptions {
  readonly network: TrialNetwork;
}

const namespaces = ['billing', 'crm', 'frontend', 'payments', 'reports', 'search', 'shop', 'warehouse'];
const deadNode = 'worker-a1';
const longestWait = 30_000;

/** `trial`: the operator on a cluster inside this process; shows addresses being given out, and moved when a node dies. */
export async function trialCommand(context: CommandContext, options: TrialOptions): Promise<ExitCode> {
  const { network } = options;
  const [{ startTrialCluster }, { createLog }, { runOperator }] = await Promise.all([
    import('../trial/trial-cluster.ts'),
    import('../run/log.ts'),
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
    kubeconfig: cluster.kubeconfig,
    network,
    leaderElect: false,
    leaseDuration: 15,
    renewDeadline: 10,
    retryPeriod: 2,
    namespace: 'default',
    metricsBindAddress: '0',
    healthProbeBindAddress: '0',
    logLevel: 'warn',
    logFormat: 'text',
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

async function show(context: CommandContext, cluster: TrialCluster, network: TrialNetwork): Promise<void> {
  const out = (text: string): void => context.terminal.out(text);
  const { readBindings } = await import('../trial/read-bindings.ts');
  const read = (): Promise<readonly Binding[]> => readBindings(cluster.rest, network);
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
  if (network === 'ovn-kubernetes') out('OVN-Kubernetes moved them by itself: the operator had nothing to write.\n');
  if (network === 'antrea')
    out('Antrea moved them by itself; it uses one address of a namespace, and the others are in reserve.\n');
  if (network === 'cilium')
    out(
      'Cilium says nothing of its gateways: these are the nodes that the policies name. An agent of this project on each node put the addresses there, and the dead one was fenced before they moved.\n',
    );
  out(
    '\nOn your own cluster:\n  npm start -- plan --help                           decide from files, change nothing\n  npm start -- --kubeconfig ~/.kube/config           run the operator from here\n  deploy/README.md                                   install it (Helm, kubectl apply -k, OLM)\n',
  );
}

const isCarried = ({ addresses }: Binding): boolean => addresses.every(({ node }) => node !== undefined);

/** Looks until something is so; tells each time that something else is seen. */
async function until(
  read: () => Promise<readonly Binding[]>,
  isSo: (bindings: readonly Binding[]) => boolean,
  tell: (bindings: readonly Binding[]) => void,
): Promise<readonly Binding[]> {
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

function bindingTable({ terminal }: CommandContext, bindings: readonly Binding[]): string {
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

function movesTable({ terminal }: CommandContext, before: readonly Binding[], after: readonly Binding[]): string {
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
