import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { shortNetworks } from '../built-in/networks.ts';
import { adoptCommand, type AdoptOptions } from '../commands/adopt.ts';
import { checkCommand } from '../commands/check.ts';
import { completionCommand, shellNames } from '../commands/completion.ts';
import type { CommandContext, InputOptions } from '../commands/context.ts';
import type { ExitCode } from '../commands/exit-code.ts';
import { firstExamples } from '../commands/examples.ts';
import { explainCommand } from '../commands/explain.ts';
import { initCommand, type InitOptions } from '../commands/init.ts';
import { planCommand } from '../commands/plan.ts';
import { trialCommand, type TrialOptions } from '../commands/trial.ts';
import { trialNetworks } from '../trial/networks.ts';
import { simulateCommand, type SimulateOptions } from '../commands/simulate.ts';
import { uninstallCommand, type UninstallOptions } from '../commands/uninstall.ts';
import { addAgent } from './add-agent.ts';
import { addRun } from './add-run.ts';
import { addCommandExamples, addExamples, newProgram } from './new-program.ts';
import { collect, fullName, parseCount, parsePositive, withCluster, withInput } from './options.ts';

const inputHelp =
  'files, folders (and all below) or - for standard input: what kubectl get … -o yaml or -o json prints';

/** Builds the command line. `done` takes the exit code of the command that ran. */
export function createProgram(context: CommandContext, done: (code: ExitCode) => void): Command {
  const program = newProgram(context);
  withInput(
    program
      .command('plan')
      .description('Decide for a cluster in files which namespace gets which addresses and which node carries each.')
      .argument('[paths...]', inputHelp),
  ).action(async (paths: string[], options: InputOptions) => done(await planCommand(context, paths, options)));
  withInput(
    program
      .command('explain')
      .description(
        'Say what a namespace, address, node or EgressIPAM has, why, and what it waits for; ends with 2 unless all is well with it.',
      )
      .argument('<subject>', 'namespace/NAME, node/NAME, egressipam/NAME or an address')
      .argument('[paths...]', inputHelp),
  ).action(async (subject: string, paths: string[], options: InputOptions) =>
    done(await explainCommand(context, subject, paths, options)),
  );
  withInput(
    program
      .command('check')
      .description('Audit a cluster: duplicates, addresses outside of their pools, drift, capacity with a node lost.')
      .argument('[paths...]', inputHelp),
  ).action(async (paths: string[], options: InputOptions) => done(await checkCommand(context, paths, options)));
  withInput(
    program
      .command('simulate')
      .description('Say who moves and who waits when something happens.')
      .argument('[paths...]', inputHelp),
  )
    .option('--without-node <name>', 'a node that is gone; may be given several times', collect)
    .option('--add-namespaces <count>', 'so many new namespaces claim', parseCount)
    .option('--egressipam <name>', 'the EgressIPAM that --add-namespaces and --cidr are about')
    .option(
      '--cidr <CIDR=LABELVALUE>',
      'a CIDR assignment in addition, or in the place of those that it overlaps (to resize them); may be given several times',
      collect,
    )
    .action(async (paths: string[], options: SimulateOptions) => done(await simulateCommand(context, paths, options)));
  withInput(
    program
      .command('adopt')
      .description(
        'Annotate namespaces with the addresses that the network gives them already, so that the operator takes them over as they are.',
      )
      .argument('[paths...]', inputHelp),
  )
    .option('--egressipam <name>', 'adopt for this EgressIPAM alone')
    .option('--apply', 'write the annotations into the cluster, with --live')
    .action(async (paths: string[], options: AdoptOptions) => done(await adoptCommand(context, paths, options)));
  withInput(
    program
      .command('uninstall')
      .description(
        'Take back everything that was given: say what that is, and with --apply do it, when the operator itself is gone already.',
      )
      .argument('[paths...]', inputHelp),
  )
    .option('--apply', 'delete all EgressIPAMs and act as the operator until everything is taken back, with --live')
    .option('--timeout <seconds>', 'how long that may take', parsePositive, 300)
    .action(async (paths: string[], options: UninstallOptions) =>
      done(await uninstallCommand(context, paths, options)),
    );
  withCluster(program.command('init'))
    .description('Print an EgressIPAM made from options; with a cluster in files, say what the cluster makes of it.')
    .argument('[paths...]', inputHelp)
    .option(
      '--cidr <CIDR=LABELVALUE>',
      'a pool, and the value of the topology label of its nodes; may be given several times. With --live on a cloud, by default the subnets of the nodes',
      collect,
    )
    .option('--name <name>', 'name of the EgressIPAM', 'egressip')
    .option(
      '--topology-label <label>',
      'the node label that decides which CIDR a node serves',
      'topology.kubernetes.io/zone',
    )
    .option('--node-selector <LABEL=VALUE>', 'which nodes; may be given several times', collect)
    .option(
      '--reserve <addresses>',
      'an address, a CIDR or a range first-last that is never given out; may be given several times',
      collect,
    )
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
  addExamples(program, program, firstExamples);
  addCommandExamples(program);
  if (context.isPlugIn === true) program.hook('preAction', (_program, command) => readClusterWithoutFiles(command));
  return program;
}

/** `--network` of the trial, which takes the networks that it has a stand-in for. */
function trialNetworkOption(): Option {
  const names = [...trialNetworks, ...shortNetworks.keys()];
  return new Option('--network <name>', 'the network of the cluster')
    .choices(names)
    .default(trialNetworks[0])
    .argParser((value) => {
      if (!names.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}.`);
      return fullName(value);
    });
}

/** As kubectl's plug-in, what is not told to read files reads the cluster. */
function readClusterWithoutFiles(command: Command): void {
  const paths: unknown = command.processedArgs.at(-1);
  if (command.options.some(({ long }) => long === '--live') && Array.isArray(paths) && paths.length === 0)
    command.setOptionValue('live', true);
}
