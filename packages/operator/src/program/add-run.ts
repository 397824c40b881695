import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.ts';
import type { ExitCode } from '../commands/exit-code.ts';
import { runCommand, type RunFlags } from '../commands/run.ts';
import {
  networkOption,
  ownOption as option,
  parsePort,
  parsePositive,
  providerNames,
  withKubeconfig,
  withProcess,
} from './options.ts';

/** The flags of the original, and ours; each can be given as an environment variable too. */
export function addRun(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const command = withKubeconfig(program.command('run'))
    .description('Run the operator: watch a cluster, and do what plan would print.')
    .addOption(
      option(
        '--leader-elect',
        'wait for the Lease while another operator holds it, as replicas do, instead of refusing to start beside it',
        'LEADER_ELECT',
      ),
    )
    .addOption(
      option(
        '--leader-elect-lease-duration <seconds>',
        'how long others wait after a renewal',
        'LEADER_ELECT_LEASE_DURATION',
      )
        .default(15)
        .argParser(parsePositive),
    )
    .addOption(
      option(
        '--leader-elect-renew-deadline <seconds>',
        'how long the leader goes on without a renewal',
        'LEADER_ELECT_RENEW_DEADLINE',
      )
        .default(10)
        .argParser(parsePositive),
    )
    .addOption(
      option('--leader-elect-retry-period <seconds>', 'time between two renewals', 'LEADER_ELECT_RETRY_PERIOD')
        .default(2)
        .argParser(parsePositive),
    )
    .addOption(option('--namespace <name>', "the operator's own namespace; by default that of its pod", 'NAMESPACE'))
    .addOption(networkOption('the network, by default by what the cluster shows').env('EGRESSIP_IPAM_NETWORK'))
    .addOption(
      option(
        '--provider <name>',
        `the infrastructure: ${providerNames}, or an installed package; by default by what the cluster shows`,
        'PROVIDER',
      ),
    )
    .addOption(
      option('--cloud-region <region>', "the cloud's region; by default that of the infrastructure", 'CLOUD_REGION'),
    )
    .addOption(option('--cloud-endpoint <url>', "the cloud's API, instead of the region's own", 'CLOUD_ENDPOINT'))
    .addOption(
      option('--cloud-qps <calls>', "most calls per second to the cloud's API", 'CLOUD_QPS').argParser(parsePositive),
    )
    .addOption(
      option('--cloud-poll-interval <seconds>', 'time between two looks at an unchanged cloud', 'CLOUD_POLL_INTERVAL')
        .default(60)
        .argParser(parsePositive),
    )
    .addOption(
      option(
        '--guard-unassigned',
        'deny what leaves a namespace while no node carries its addresses, where the network would let it out and the namespace has no firewall of its own (OVN-Kubernetes)',
        'GUARD_UNASSIGNED',
      ),
    )
    .addOption(
      option(
        '--read-services',
        'give out no address that a Service answers for (externalIPs, load balancers); needs the right to list and watch Services',
        'READ_SERVICES',
      ),
    )
    .addOption(
      option(
        '--node-probe',
        "find dead nodes by their kubelet's lease and a TCP port, sooner than the API server, where nodes are chosen by this project (OpenShift SDN)",
        'NODE_PROBE',
      ),
    )
    .addOption(
      option('--node-probe-port <port>', 'the TCP port of nodes; by default that of the kubelet', 'NODE_PROBE_PORT')
        .default(10250)
        .argParser(parsePort),
    );
  withProcess(command, [undefined, ':8443, without TLS :8080'], ':8081').action(async (flags: RunFlags) =>
    done(await runCommand(context, flags)),
  );
}
