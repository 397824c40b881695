import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { versionText } from './build-info.ts';
import { builtInNetworks } from './built-in/networks.ts';
import { builtInProviders } from './built-in/providers.ts';
import { agentCommand, type AgentFlags } from './commands/agent.ts';
import { adoptCommand, type AdoptOptions } from './commands/adopt.ts';
import { checkCommand } from './commands/check.ts';
import { completionCommand, shellNames } from './commands/completion.ts';
import type { CommandContext, InputOptions } from './commands/context.ts';
import { exitCode, type ExitCode } from './commands/exit-code.ts';
import { examples } from './commands/examples.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand, type InitOptions } from './commands/init.ts';
import { planCommand } from './commands/plan.ts';
import { runCommand, type RunFlags } from './commands/run.ts';
import { trialCommand, type TrialOptions } from './commands/trial.ts';
import type { TrialNetwork } from './trial/trial-crds.ts';
import { simulateCommand, type SimulateOptions } from './commands/simulate.ts';
import { uninstallCommand, type UninstallOptions } from './commands/uninstall.ts';

const providerNames = Object.keys(builtInProviders).join(', ');
const inputHelp = 'files, folders (and all below) or - for standard input: what kubectl get … -o yaml or -o json prints';

/** Builds the command line. `done` takes the exit code of the command that ran. */
export function createProgram(context: CommandContext, done: (code: ExitCode) => void): Command {
  const program = new Command(context.isPlugIn === true ? 'kubectl egressip' : 'egressip-ipam')
    .description('Egress IPs for Kubernetes namespaces: allocate them, place them on nodes, and say why.')
    .version(versionText)
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.terminal.out(text), writeErr: (text) => context.terminal.error(text) })
    .addHelpText('after', `\nExit codes: ${exitCode.nothingToDo} nothing to do, ${exitCode.found} changes or problems found, ${exitCode.couldNotRun} could not run.`);
  withInput(program.command('plan').description('Decide for a cluster in files which namespace gets which addresses and which node carries each.').argument('[paths...]', inputHelp)).action(
    async (paths: string[], options: InputOptions) => done(await planCommand(context, paths, options)),
  );
  withInput(program.command('explain').description('Say what a namespace, address, node or EgressIPAM has, why, and what it waits for.').argument('<subject>', 'namespace/NAME, node/NAME, egressipam/NAME or an address').argument('[paths...]', inputHelp)).action(
    async (subject: string, paths: string[], options: InputOptions) => done(await explainCommand(context, subject, paths, options)),
  );
  withInput(program.command('check').description('Audit a cluster: duplicates, addresses outside of their pools, drift, capacity with a node lost.').argument('[paths...]', inputHelp)).action(
    async (paths: string[], options: InputOptions) => done(await checkCommand(context, paths, options)),
  );
  withInput(program.command('simulate').description('Say who moves and who waits when something happens.').argument('[paths...]', inputHelp))
    .option('--without-node <name>', 'a node that is gone; may be given several times', collect)
    .option('--add-namespaces <count>', 'so many new namespaces claim', parseCount)
    .option('--egressipam <name>', 'the EgressIPAM that --add-namespaces and --cidr are about')
    .option('--cidr <CIDR=LABELVALUE>', 'a CIDR assignment in addition, or in the place of those that it overlaps (to resize them); may be given several times', collect)
    .action(async (paths: string[], options: SimulateOptions) => done(await simulateCommand(context, paths, options)));
  withInput(program.command('adopt').description('Annotate namespaces with the addresses that the network gives them already, so that the operator takes them over as they are.').argument('[paths...]', inputHelp))
    .option('--egressipam <name>', 'adopt for this EgressIPAM alone')
    .option('--apply', 'write the annotations into the cluster, with --live')
    .action(async (paths: string[], options: AdoptOptions) => done(await adoptCommand(context, paths, options)));
  withInput(program.command('uninstall').description('Take back everything that was given: say what that is, and with --apply do it, when the operator itself is gone already.').argument('[paths...]', inputHelp))
    .option('--apply', 'delete all EgressIPAMs and act as the operator until everything is taken back, with --live')
    .option('--timeout <seconds>', 'how long that may take', parsePositive, 300)
    .action(async (paths: string[], options: UninstallOptions) => done(await uninstallCommand(context, paths, options)));
  withCluster(program.command('init'))
    .description('Print an EgressIPAM made from options; with a cluster in files, say what the cluster makes of it.')
    .argument('[paths...]', inputHelp)
    .option('--cidr <CIDR=LABELVALUE>', 'a pool, and the value of the topology label of its nodes; may be given several times. With --live on a cloud, by default the subnets of the nodes', collect)
    .option('--name <name>', 'name of the EgressIPAM', 'egressip')
    .option('--topology-label <label>', 'the node label that decides which CIDR a node serves', 'topology.kubernetes.io/zone')
    .option('--node-selector <LABEL=VALUE>', 'which nodes; may be given several times', collect)
    .option('--reserve <addresses>', 'an address, a CIDR or a range first-last that is never given out; may be given several times', collect)
    .action(async (paths: string[], options: InitOptions) => done(await initCommand(context, paths, options)));
  program
    .command('trial')
    .description('Show the operator at work on a small cluster inside this process; nothing outside of it is touched.')
    .addOption(trialNetworkOption())
    .action(async (options: TrialOptions) => done(await trialCommand(context, options)));
  addRun(program, context, done);
  addAgent(program, context, done);
  program
    .command('completion')
    .description('Print what a shell needs to complete commands and flags.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shellNames))
    .action((shell: (typeof shellNames)[number]) => done(completionCommand(context, shell, program)));
  for (const command of program.commands) command.addHelpText('after', `\nExamples:\n${(examples[command.name()] ?? []).map((line) => `  ${program.name()} ${line}`).join('\n')}`);
  if (context.isPlugIn === true) program.hook('preAction', (_program, command) => readClusterWithoutFiles(command));
  return program;
}

const shortNetworks: ReadonlyMap<string, string> = new Map([['sdn', 'openshift-sdn'], ['ovn', 'ovn-kubernetes']]);
const trialNetworks: readonly TrialNetwork[] = ['openshift-sdn', 'ovn-kubernetes', 'cilium', 'antrea'];
const fullName = (network: string): string => shortNetworks.get(network) ?? network;

/** `--network` of the commands that take an installed package, too. */
function networkOption(description: string): Option {
  return new Option('--network <name>', `${description}; or an installed package`).choices([...Object.keys(builtInNetworks), ...shortNetworks.keys()]).argParser(fullName);
}

/** `--network` of the trial, which takes the networks that it has a stand-in for. */
function trialNetworkOption(): Option {
  const names = [...trialNetworks, ...shortNetworks.keys()];
  return new Option('--network <name>', 'the network of the cluster').choices(names).default('openshift-sdn').argParser((value) => {
    if (!names.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}.`);
    return fullName(value);
  });
}

/** As kubectl's plug-in, what is not told to read files reads the cluster. */
function readClusterWithoutFiles(command: Command): void {
  const paths: unknown = command.processedArgs.at(-1);
  if (command.options.some(({ long }) => long === '--live') && Array.isArray(paths) && paths.length === 0) command.setOptionValue('live', true);
}

/** The flags of the original, and ours; each can be given as an environment variable too. */
function addRun(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const option = (flags: string, description: string, variable: string): Option => new Option(flags, description).env(`EGRESSIP_IPAM_${variable}`);
  program
    .command('run')
    .description('Run the operator: watch a cluster, and do what plan would print.')
    .addOption(option('--kubeconfig <file>', 'the cluster; by default the one it runs in, or $KUBECONFIG', 'KUBECONFIG'))
    .addOption(option('--context <name>', 'the context of the kubeconfig', 'CONTEXT'))
    .addOption(option('--leader-elect', 'act only as the leader among replicas', 'LEADER_ELECT'))
    .addOption(option('--leader-elect-lease-duration <seconds>', 'how long others wait after a renewal', 'LEADER_ELECT_LEASE_DURATION').default(15).argParser(parsePositive))
    .addOption(option('--leader-elect-renew-deadline <seconds>', 'how long the leader goes on without a renewal', 'LEADER_ELECT_RENEW_DEADLINE').default(10).argParser(parsePositive))
    .addOption(option('--leader-elect-retry-period <seconds>', 'time between two renewals', 'LEADER_ELECT_RETRY_PERIOD').default(2).argParser(parsePositive))
    .addOption(option('--namespace <name>', "the operator's own namespace; by default that of its pod", 'NAMESPACE'))
    .addOption(networkOption('the network, by default by what the cluster shows').env('EGRESSIP_IPAM_NETWORK'))
    .addOption(option('--provider <name>', `the infrastructure: ${providerNames}, or an installed package; by default by what the cluster shows`, 'PROVIDER'))
    .addOption(option('--cloud-region <region>', "the cloud's region; by default that of the infrastructure", 'CLOUD_REGION'))
    .addOption(option('--cloud-endpoint <url>', "the cloud's API, instead of the region's own", 'CLOUD_ENDPOINT'))
    .addOption(option('--cloud-qps <calls>', "most calls per second to the cloud's API", 'CLOUD_QPS').argParser(parsePositive))
    .addOption(option('--cloud-poll-interval <seconds>', 'time between two looks at an unchanged cloud', 'CLOUD_POLL_INTERVAL').default(60).argParser(parsePositive))
    .addOption(option('--guard-unassigned', 'deny what leaves a namespace while no node carries its addresses, where the network would let it out and the namespace has no firewall of its own (OVN-Kubernetes)', 'GUARD_UNASSIGNED'))
    .addOption(option('--read-services', 'give out no address that a Service answers for (externalIPs, load balancers); needs the right to list and watch Services', 'READ_SERVICES'))
    .addOption(option('--node-probe', "find dead nodes by their kubelet's lease and a TCP port, sooner than the API server, where nodes are chosen by this project (OpenShift SDN)", 'NODE_PROBE'))
    .addOption(option('--node-probe-port <port>', 'the TCP port of nodes; by default that of the kubelet', 'NODE_PROBE_PORT').default(10250).argParser(parsePort))
    .addOption(option('--metrics-bind-address <address>', 'where metrics are served; 0 turns them off', 'METRICS_BIND_ADDRESS').default(':8080'))
    .addOption(option('--health-probe-bind-address <address>', 'where /healthz and /readyz are served; 0 turns them off', 'HEALTH_PROBE_BIND_ADDRESS').default(':8081'))
    .addOption(option('--log-level <level>', 'the least that is logged', 'LOG_LEVEL').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addOption(option('--log-format <format>', 'for people or for programs', 'LOG_FORMAT').choices(['text', 'json']).default('text'))
    .action(async (flags: RunFlags) => done(await runCommand(context, flags)));
}

/** What the DaemonSet on egress nodes runs; what differs from node to node its pods get by the environment. */
function addAgent(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const option = (flags: string, description: string, variable: string): Option => new Option(flags, description).env(variable);
  const ours = (flags: string, description: string, variable: string): Option => option(flags, description, `EGRESSIP_IPAM_${variable}`);
  program
    .command('agent')
    .description("Run the agent of an egress node: put addresses into the node's kernel as the operator wishes, keep them there, and take them off.")
    .addOption(ours('--kubeconfig <file>', 'the cluster; by default the one it runs in, or $KUBECONFIG', 'KUBECONFIG'))
    .addOption(ours('--context <name>', 'the context of the kubeconfig', 'CONTEXT'))
    .addOption(option('--node <name>', 'the node that it runs on', 'NODE_NAME').makeOptionMandatory())
    .addOption(ours('--namespace <name>', "the operator's namespace; by default that of its pod", 'NAMESPACE'))
    .addOption(option('--peer-address <address>', 'an address of the node, where other agents ask this one', 'HOST_IP').makeOptionMandatory())
    .addOption(ours('--peer-port <port>', 'the UDP port there', 'PEER_PORT').default(9811).argParser(parsePort))
    .addOption(ours('--key-folder <folder>', 'keys that agents sign with, one a file; without any they do not ask each other', 'KEY_FOLDER'))
    .addOption(ours('--state-file <file>', 'what the next life must know, in a folder that is gone after a restart of the node', 'STATE_FILE').default('/run/egressip-ipam/agent.json'))
    .addOption(ours('--term <seconds>', 'how long a renewal of its Lease lets it hold addresses; 3 at least', 'TERM').default(6).argParser(parsePositive))
    .addOption(ours('--metrics-bind-address <address>', 'where metrics are served; 0 turns them off', 'METRICS_BIND_ADDRESS').default('0'))
    .addOption(ours('--health-probe-bind-address <address>', 'where /healthz and /readyz are served; 0 turns them off', 'HEALTH_PROBE_BIND_ADDRESS').default('0'))
    .addOption(ours('--log-level <level>', 'the least that is logged', 'LOG_LEVEL').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addOption(ours('--log-format <format>', 'for people or for programs', 'LOG_FORMAT').choices(['text', 'json']).default('text'))
    .action(async (flags: AgentFlags) => done(await agentCommand(context, flags)));
}

function parsePositive(value: string): number {
  const seconds = Number(value);
  if (!(seconds > 0)) throw new InvalidArgumentError('a number above 0 is expected.');
  return seconds;
}

function parseMoment(value: string): string {
  if (Number.isNaN(Date.parse(value))) throw new InvalidArgumentError('a time such as 2026-01-31T12:00:00Z is expected.');
  return value;
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('a port from 1 to 65535 is expected.');
  return port;
}

function withInput(command: Command): Command {
  return withCluster(command)
    .addOption(new Option('-o, --output <format>', 'how to write the result').choices(['table', 'json', 'yaml']).default('table'))
    .option('--time <time>', 'the moment to plan for, RFC 3339; decides what has cooled down', parseMoment);
}

function withCluster(command: Command): Command {
  return command
    .option('--live', 'read the cluster of the kubeconfig, and its cloud, instead of files')
    .option('--kubeconfig <file>', 'the cluster to read, as with --live; by default the one this runs in, or $KUBECONFIG')
    .option('--context <name>', 'the context of the kubeconfig')
    .addOption(networkOption('the network, by default by the objects'))
    .option('--provider <name>', `the infrastructure: ${providerNames}, or an installed package; by default from Infrastructure or the nodes`)
    .option('--namespace <name>', 'where the secret with cloud credentials is; by default those of the environment are used')
    .option('--cloud-region <region>', "the cloud's region; by default that of the infrastructure")
    .option('--cloud-endpoint <url>', "the cloud's API, instead of the region's own");
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0 || count > 1_000_000) throw new InvalidArgumentError('a whole number from 0 to 1,000,000 is expected.');
  return count;
}
