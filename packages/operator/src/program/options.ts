import { InvalidArgumentError, Option, type Command } from 'commander';
import { builtInNetworks, shortNetworks } from '../built-in/networks.ts';
import { builtInProviders } from '../built-in/providers.ts';

/** The providers that are built in, for help texts. */
export const providerNames = Object.keys(builtInProviders).join(', ');

/** The name that a network has in the list of what is built in. */
export const fullName = (network: string): string => shortNetworks.get(network) ?? network;

/** An option that a variable of the environment can give, too. */
export const fromEnvironment = (flags: string, description: string, variable: string): Option =>
  new Option(flags, description).env(variable);

/** The options of our own long-running processes, by variables of ours. */
export const ownOption = (flags: string, description: string, variable: string): Option =>
  fromEnvironment(flags, description, `EGRESSIP_IPAM_${variable}`);

/** How a process that goes on reaches the cluster, is watched, and logs. */
export function withProcess(
  command: Command,
  metricsAddress: readonly [value: string | undefined, description?: string],
  healthAddress: string,
): Command {
  return command
    .addOption(
      ownOption(
        '--metrics-bind-address <address>',
        'where metrics are served; 0 turns them off',
        'METRICS_BIND_ADDRESS',
      ).default(...metricsAddress),
    )
    .addOption(
      ownOption(
        '--metrics-secure [boolean]',
        'serve metrics over TLS, to whom a token gives the right to get /metrics; false: over plain HTTP, to everyone',
        'METRICS_SECURE',
      )
        .default(true)
        .preset('true')
        .argParser(parseBoolean),
    )
    .addOption(
      ownOption(
        '--metrics-cert-dir <folder>',
        'tls.crt and tls.key for metrics, read again when they change; by default a certificate that signs itself',
        'METRICS_CERT_DIR',
      ),
    )
    .addOption(
      ownOption(
        '--health-probe-bind-address <address>',
        'where /healthz and /readyz are served; 0 turns them off',
        'HEALTH_PROBE_BIND_ADDRESS',
      ).default(healthAddress),
    )
    .addOption(
      ownOption('--log-level <level>', 'the least that is logged', 'LOG_LEVEL')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addOption(
      ownOption('--log-format <format>', 'for people or for programs', 'LOG_FORMAT')
        .choices(['text', 'json'])
        .default('text'),
    );
}

/** The cluster that a process acts on. */
export function withKubeconfig(command: Command): Command {
  return command
    .addOption(
      ownOption('--kubeconfig <file>', 'the cluster; by default the one it runs in, or $KUBECONFIG', 'KUBECONFIG'),
    )
    .addOption(ownOption('--context <name>', 'the context of the kubeconfig', 'CONTEXT'));
}

/** `--network` of the commands that take an installed package, too. */
export function networkOption(description: string): Option {
  return new Option('--network <name>', `${description}; or an installed package`)
    .choices([...Object.keys(builtInNetworks), ...shortNetworks.keys()])
    .argParser(fullName);
}

/** What commands take that read a cluster and print a result. */
export function withInput(command: Command): Command {
  return withCluster(command)
    .addOption(
      new Option('-o, --output <format>', 'how to write the result')
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .option('--time <time>', 'the moment to plan for, RFC 3339; decides what has cooled down', parseMoment);
}

/** Which cluster a command reads, and by which plug-ins. */
export function withCluster(command: Command): Command {
  return command
    .option('--live', 'read the cluster of the kubeconfig, and its cloud, instead of files')
    .option(
      '--kubeconfig <file>',
      'the cluster to read, as with --live; by default the one this runs in, or $KUBECONFIG',
    )
    .option('--context <name>', 'the context of the kubeconfig')
    .addOption(networkOption('the network, by default by the objects'))
    .option(
      '--provider <name>',
      `the infrastructure: ${providerNames}, or an installed package; by default from Infrastructure or the nodes`,
    )
    .option(
      '--namespace <name>',
      "the operator's namespace, with the Leases of agents and the secret with cloud credentials; by default egressip-ipam-operator, and credentials of the environment",
    )
    .option('--cloud-region <region>', "the cloud's region; by default that of the infrastructure")
    .option('--cloud-endpoint <url>', "the cloud's API, instead of the region's own");
}

/** Options that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** A number above 0. */
export function parsePositive(value: string): number {
  const seconds = Number(value);
  if (!(seconds > 0)) throw new InvalidArgumentError('a number above 0 is expected.');
  return seconds;
}

/** `true` or `false`, as flags and variables have it. */
export function parseBoolean(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new InvalidArgumentError('true or false is expected.');
  return value === 'true';
}

/** A whole number that a simulation can bear. */
export function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0 || count > 1_000_000)
    throw new InvalidArgumentError('a whole number from 0 to 1,000,000 is expected.');
  return count;
}

/** A moment as RFC 3339 has it. */
export function parseMoment(value: string): string {
  if (Number.isNaN(Date.parse(value)))
    throw new InvalidArgumentError('a time such as 2026-01-31T12:00:00Z is expected.');
  return value;
}

/** A TCP or UDP port. */
export function parsePort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('a port from 1 to 65535 is expected.');
  return port;
}
