import { spawn } from 'node:child_process';
import { runProgram } from '../kernel/run-program.ts';
import type { OwnAddress } from '../kernel/reconcile.ts';

/** Tells the network where addresses are now. */
export interface Announcer {
  /** In both forms, request and reply: some machines believe only one of them. */
  announce(addresses: readonly OwnAddress[]): void;
}

type Arping = 'busybox' | 'iputils';

/**
 * Finds the programs that announce: `arping` of busybox (20 ms) before that of iputils (1 s), and `ndptool` for IPv6.
 *
 * @throws Error when there is no arping that can announce
 */
export async function findAnnouncer(onError: (message: string) => void): Promise<Announcer> {
  const arping = await findArping();
  return {
    announce: (addresses) => {
      if (addresses.length === 0) return;
      // One shell for all: starting each program from here would take longer than what it does.
      const shell = spawn('sh', ['-s'], { stdio: ['pipe', 'ignore', 'pipe'] });
      let said = '';
      shell.stderr.setEncoding('utf8').on('data', (text: string) => (said += text.slice(0, 1_000 - said.length)));
      shell
        .once('error', (error) => onError(error.message))
        .once('close', () => said.trim() !== '' && onError(said.trim()));
      shell.stdin.on('error', () => undefined).end(scriptOf(addresses, arping));
    },
  };
}

async function findArping(): Promise<Arping> {
  const { stdout: applets } = await runProgram('busybox', ['--list']);
  if (applets.split('\n').includes('arping')) return 'busybox';
  const { stdout, stderr } = await runProgram('arping', ['-V']);
  if (`${stdout}${stderr}`.includes('iputils')) return 'iputils';
  throw new Error(
    'addresses cannot be announced: neither busybox nor the arping of iputils is installed (another arping does not do)',
  );
}

// So many run at a time; addresses and interface names hold no character that means anything to a shell.
const atOnce = 32;

function scriptOf(addresses: readonly OwnAddress[], arping: Arping): string {
  const commands = addresses.flatMap(({ address, interface: device }) => commandsFor(address, device, arping));
  return (
    commands
      .map((command, index) => `${command} >/dev/null &\n${(index + 1) % atOnce === 0 ? 'wait\n' : ''}`)
      .join('') + 'wait\n'
  );
}

function commandsFor(address: string, device: string, arping: Arping): readonly string[] {
  if (!/^[\w.:@-]+$/.test(device)) return [];
  if (address.includes(':')) return [`ndptool -t na -U -i ${device} -T ${address} send`];
  const program = arping === 'busybox' ? 'busybox arping' : 'arping';
  return ['-U', '-A'].map((form) => `${program} -q ${form} -c 1 -I ${device} ${address}`);
}
