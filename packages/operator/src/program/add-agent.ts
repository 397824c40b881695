import type { Command } from 'commander';
import { agentCommand, type AgentFlags } from '../commands/agent.ts';
import type { CommandContext } from '../commands/context.ts';
import type { ExitCode } from '../commands/exit-code.ts';
import {
  fromEnvironment as option,
  ownOption as ours,
  parsePort,
  parsePositive,
  withKubeconfig,
  withProcess,
} from './options.ts';

/** What the DaemonSet on egress nodes runs; what differs from node to node its pods get by the environment. */
export function addAgent(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const command = withKubeconfig(program.command('agent'))
    .description(
      "Run the agent of an egress node: put addresses into the node's kernel as the operator wishes, keep them there, and take them off.",
    )
    .addOption(option('--node <name>', 'the node that it runs on', 'NODE_NAME').makeOptionMandatory())
    .addOption(ours('--namespace <name>', "the operator's namespace; by default that of its pod", 'NAMESPACE'))
    .addOption(
      option(
        '--peer-address <address>',
        'an address of the node, where other agents ask this one',
        'HOST_IP',
      ).makeOptionMandatory(),
    )
    .addOption(ours('--peer-port <port>', 'the UDP port there', 'PEER_PORT').default(9811).argParser(parsePort))
    .addOption(
      ours(
        '--key-folder <folder>',
        'keys that agents sign with, one a file; without any they do not ask each other',
        'KEY_FOLDER',
      ),
    )
    .addOption(
      ours(
        '--state-file <file>',
        'what the next life must know, in a folder that is gone after a restart of the node',
        'STATE_FILE',
      ).default('/run/egressip-ipam/agent.json'),
    )
    .addOption(
      ours('--term <seconds>', 'how long a renewal of its Lease lets it hold addresses; 3 at least', 'TERM')
        .default(6)
        .argParser(parsePositive),
    );
  withProcess(command, ['0'], '0').action(async (flags: AgentFlags) => done(await agentCommand(context, flags)));
}
