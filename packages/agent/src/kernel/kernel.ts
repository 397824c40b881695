import { looksSilent } from './arp-ignore.ts';
import { batchOf } from './batch.ts';
import { gatewaysIn } from './gateways.ts';
import { hasIPv4Subnet, readInterfaces, readNames, subnetsOf, type KernelInterface } from './interfaces.ts';
import type { KernelChange } from './reconcile.ts';
import { runProgram } from './run-program.ts';

/** A neighbour as the kernel has it. */
export interface Neighbour {
  readonly address: string;
  readonly interface: string;
  /** Who answered; undefined as long as nobody did. */
  readonly mac: string | undefined;
}

/** The node's kernel, through `ip`. */
export interface Kernel {
  /** @throws Error when the kernel cannot be read */
  interfaces(): Promise<readonly KernelInterface[]>;
  /** Where packets go that no other route is for, as canonical texts. @throws Error when the kernel cannot be read */
  gateways(): Promise<readonly string[]>;
  /** Makes changes, each on its own; resolves with what the kernel said against some of them. */
  change(changes: readonly KernelChange[]): Promise<string>;
  /** Sends a question for each address to the network, whatever is known of it already. */
  ask(questions: readonly Question[]): Promise<void>;
  /** What the network answered. @throws Error when the kernel cannot be read */
  neighbours(): Promise<readonly Neighbour[]>;
  /** Forgets what was asked. */
  forget(questions: readonly Question[]): Promise<void>;
}

/** Who has this address, there? */
export interface Question {
  readonly address: string;
  readonly interface: string;
}

/** The kernel of this network namespace. */
export function systemKernel(): Kernel {
  return {
    interfaces: async () => {
      const shown = await readJson(['-j', 'address', 'show']);
      const interfaces = readInterfaces(shown);
      // Looked for only where it makes a difference, as few nodes have any.
      const isInVrf = interfaces.some((one) => one.master !== undefined && subnetsOf(one).length > 0);
      const all = isInVrf
        ? readInterfaces(shown, readNames(await readJson(['-j', 'link', 'show', 'type', 'vrf'])))
        : interfaces;
      return all.map(withSilence);
    },
    gateways: async () => {
      const routes = await Promise.all(
        ['-4', '-6'].map((family) => readJson(['-j', family, 'route', 'show', 'default'])),
      );
      return routes.flatMap(gatewaysIn);
    },
    change: async (changes) => {
      if (changes.length === 0) return '';
      const { stderr } = await runProgram('ip', ['-force', '-batch', '-'], batchOf(changes));
      return stderr.trim();
    },
    ask: async (questions) => {
      // An entry that is there already would be believed: it goes first.
      await neighbourBatch('del', questions, '');
      await neighbourBatch('replace', questions, ' nud none use');
    },
    neighbours: async () => readNeighbours(await readJson(['-j', 'neighbour', 'show'])),
    forget: (questions) => neighbourBatch('del', questions, ''),
  };
}

function withSilence(one: KernelInterface): KernelInterface {
  return hasIPv4Subnet(one) && looksSilent(one.name) ? { ...one, isSilent: true } : one;
}

async function neighbourBatch(verb: 'del' | 'replace', questions: readonly Question[], rest: string): Promise<void> {
  if (questions.length === 0) return;
  const lines = questions.map(
    ({ address, interface: device }) => `neighbour ${verb} ${address} dev ${device}${rest}\n`,
  );
  await runProgram('ip', ['-force', '-batch', '-'], lines.join(''));
}

async function readJson(programArguments: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram('ip', programArguments);
  if (code !== 0) throw new Error(`the kernel cannot be read: ip ${programArguments.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

function readNeighbours(json: string): readonly Neighbour[] {
  const parsed: unknown = json.trim() === '' ? [] : JSON.parse(json);
  return (Array.isArray(parsed) ? parsed : []).flatMap((entry: unknown) => {
    const { dst, dev, lladdr } = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    return typeof dst === 'string' && typeof dev === 'string'
      ? [{ address: dst, interface: dev, mac: typeof lladdr === 'string' ? lladdr.toLowerCase() : undefined }]
      : [];
  });
}
