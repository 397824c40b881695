import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { forward } from './forward.ts';
import { openNamespace, type Namespace } from './namespace.ts';
import { neighbourFilter, record, type Recorder } from './recorder.ts';

/** A network device of a machine, and the segment that it is plugged into. */
export interface Link {
  /** Name of the device inside the machine, such as `eth0`. */
  readonly device: string;
  readonly segment: string;
  /** The machine's own addresses there, as `ADDRESS/PREFIX`. */
  readonly addresses: readonly string[];
}

/** A machine: a network namespace with devices on segments. */
export interface Machine {
  readonly name: string;
  /**
   * Runs a command inside and resolves with its standard output.
   *
   * @throws Error that names the command and what it said
   */
  run(command: string, commandArguments: readonly string[], input?: string): Promise<string>;
  /** Starts a program inside; it is killed with the machine and with this process. */
  spawn(command: string, commandArguments: readonly string[], options?: SpawnOptions): ChildProcess;
  /** MAC address of a device, in lower case with colons. */
  mac(device: string): Promise<string>;
  /** Lets a port of this machine lead to a TCP port on the loopback of the test. */
  forward(port: number, target: number): Promise<void>;
}

/** Two machines between which no frame passes, on any segment. */
export type Cut = readonly [one: string, other: string];

/**
 * Machines on segments (bridges), each in a network namespace of its own, with the kernel's real ARP, neighbour
 * discovery, routing and packet filter. It needs root; see `nodeNetworkUnavailable`. Nothing of it outlives this
 * process.
 */
export interface NodeNetwork {
  /** Adds a segment, which every later machine may be plugged into. */
  addSegment(name: string): Promise<void>;
  /** Adds a machine that forwards packets, and starts it. */
  addMachine(name: string, links: readonly Link[]): Promise<Machine>;
  /** Replaces all cuts by these. */
  setCuts(cuts: readonly Cut[]): Promise<void>;
  /** Pulls the plug of one device of a machine, which has no carrier then, or puts it in again. */
  setPlugged(name: string, device: string, isPlugged: boolean): Promise<void>;
  /**
   * Pulls a machine's plugs, kills what runs on it and forgets its namespace, addresses and all. It can be added again.
   */
  powerOff(name: string): Promise<void>;
  /** Records a segment from now on: ARP and neighbour discovery, or what another filter of tcpdump lets through. */
  record(segment: string, filter?: string): Promise<Recorder>;
  close(): Promise<void>;
}

interface Port {
  readonly machine: string;
  /** Name of the device inside the machine. */
  readonly device: string;
  readonly segment: string;
  /** Name of the device on the bridge's side. */
  readonly name: string;
}

/** Makes an empty network. @throws Error where namespaces are not allowed */
export async function createNodeNetwork(): Promise<NodeNetwork> {
  return new Network(await openNamespace());
}

class Network implements NodeNetwork {
  readonly #fabric: Namespace;
  readonly #machines = new Map<string, Namespace>();
  readonly #ports = new Set<Port>();
  readonly #endings: { readonly machine: string; readonly end: () => void }[] = [];
  #portCount = 0;
  #cuts: readonly Cut[] = [];

  constructor(fabric: Namespace) {
    this.#fabric = fabric;
  }

  async addSegment(name: string): Promise<void> {
    await this.#fabric.run('ip', ['link', 'add', name, 'type', 'bridge', 'mcast_snooping', '0', 'forward_delay', '0']);
    await this.#fabric.run('sysctl', ['-qw', `net.ipv6.conf.${name}.disable_ipv6=1`]);
    await this.#fabric.run('ip', ['link', 'set', name, 'up']);
  }

  async addMachine(name: string, links: readonly Link[]): Promise<Machine> {
    if (this.#machines.has(name)) throw new Error(`machine ${name} is there already; power it off first`);
    const namespace = await openNamespace();
    this.#machines.set(name, namespace);
    await namespace.run('sysctl', [
      '-qw',
      'net.ipv4.ip_forward=1',
      'net.ipv6.conf.all.forwarding=1',
      'net.ipv6.conf.default.dad_transmits=0',
    ]);
    for (const link of links) await this.#plug(name, namespace, link);
    await this.#applyCuts();
    return {
      name,
      run: (command, commandArguments, input) => namespace.run(command, commandArguments, input),
      spawn: (command, commandArguments, options) => namespace.spawn(command, commandArguments, options),
      mac: async (device) => {
        const [link] = JSON.parse(await namespace.run('ip', ['-j', 'link', 'show', 'dev', device])) as readonly {
          readonly address: string;
        }[];
        return link?.address ?? '';
      },
      forward: async (port, target) => {
        this.#endings.push({ machine: name, end: await forward(namespace, port, target) });
      },
    };
  }

  async setCuts(cuts: readonly Cut[]): Promise<void> {
    this.#cuts = cuts;
    await this.#applyCuts();
  }

  async setPlugged(name: string, device: string, isPlugged: boolean): Promise<void> {
    for (const port of this.#ports) {
      if (port.machine === name && port.device === device)
        await this.#fabric.run('ip', ['link', 'set', port.name, isPlugged ? 'up' : 'down']);
    }
  }

  async powerOff(name: string): Promise<void> {
    const namespace = this.#machines.get(name);
    if (namespace === undefined) return;
    for (const port of this.#ports) {
      if (port.machine !== name) continue;
      await this.#fabric.run('ip', ['link', 'del', port.name]);
      this.#ports.delete(port);
    }
    this.#machines.delete(name);
    for (const { machine, end } of this.#endings) if (machine === name) end();
    namespace.close();
  }

  record(segment: string, filter = neighbourFilter): Promise<Recorder> {
    return record(this.#fabric, segment, filter);
  }

  async close(): Promise<void> {
    for (const { end } of this.#endings) end();
    for (const namespace of this.#machines.values()) namespace.close();
    this.#machines.clear();
    this.#fabric.close();
  }

  async #plug(machine: string, namespace: Namespace, { device, segment, addresses }: Link): Promise<void> {
    const port: Port = { machine, device, segment, name: `port${this.#portCount++}` };
    await this.#fabric.run('ip', [
      'link',
      'add',
      port.name,
      'type',
      'veth',
      'peer',
      'name',
      device,
      'netns',
      String(namespace.pid),
    ]);
    await this.#fabric.run('sysctl', ['-qw', `net.ipv6.conf.${port.name}.disable_ipv6=1`]);
    await this.#fabric.run('ip', ['link', 'set', port.name, 'master', segment, 'up']);
    this.#ports.add(port);
    const commands = addresses.map(
      (address) => `addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}\n`,
    );
    await namespace.run('ip', ['-batch', '-'], `link set ${device} up\n${commands.join('')}`);
  }

  async #applyCuts(): Promise<void> {
    const ports = [...this.#ports];
    const rules = this.#cuts.flatMap(([one, other]) => {
      const [ones, others] = [one, other].map((machine) => ports.filter((port) => port.machine === machine));
      return (ones ?? []).flatMap(({ name: left }) =>
        (others ?? []).flatMap(({ name: right }) => [rule(left, right), rule(right, left)]),
      );
    });
    // Made anew each time: a chain that is older than the first bridge sees no frame (Linux 6.18).
    await this.#fabric.run(
      'nft',
      ['-f', '-'],
      ['add table bridge cuts', 'delete table bridge cuts', 'add table bridge cuts', chain, ...rules, ''].join('\n'),
    );
  }
}

const chain = 'add chain bridge cuts forward { type filter hook forward priority 0; }';

function rule(from: string, to: string): string {
  return `add rule bridge cuts forward iifname "${from}" oifname "${to}" drop`;
}
