import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { emptyRoster, parseRoster, type Roster } from '../fencing/roster.ts';
import type { OwnAddress } from '../kernel/reconcile.ts';

/**
 * What an agent's next life must know. It is kept in memory of the node (a tmpfs such as /run), which is gone after a
 * restart of the machine, as the kernel's addresses are.
 */
export interface AgentState {
  /** Which start of the machine it is from: of an earlier one, no clock and no address is left. */
  readonly bootID: string;
  /** What is ours on the interfaces, written before it is put there. */
  readonly own: readonly OwnAddress[];
  /** Until when it is held, on the machine's monotonic clock in milliseconds. */
  readonly heldUntil: number;
  /** The roster number that it is held by. */
  readonly counted: number;
  /** The highest roster number that an acknowledgement was begun for; absent when that is not known. */
  readonly acknowledged?: number;
}

/**
 * Reads and writes the state of the agent. What cannot be written beside what is there, as the disk is full, takes its
 * place; where that cannot be either, nothing is there any more. A next life that knows nothing holds nothing, helps no
 * peer, and waits for the kernel to take off what is there; one that knew what is not true any more would be a danger.
 */
export class StateFile {
  readonly #path: string;
  readonly #onLoss: (error: unknown) => void;
  #written: string | undefined = '';

  /** @param onLoss told when something cannot be kept, until something can be again */
  constructor(path: string, onLoss: (error: unknown) => void = () => undefined) {
    this.#path = path;
    this.#onLoss = onLoss;
  }

  /** What the former life left; undefined when there was none since this start of the machine, or it cannot be read. */
  read(bootID: string): AgentState | undefined {
    try {
      const state = parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      return state?.bootID === bootID ? state : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes it, whole or not at all. @throws Error when the folder can be changed in no way */
  write(state: AgentState): void {
    const text = JSON.stringify(state);
    if (text === this.#written) return;
    try {
      writeOver(this.#path, text);
      this.#written = text;
    } catch (error) {
      rmSync(this.#path, { force: true });
      if (this.#written !== undefined) this.#onLoss(error);
      this.#written = undefined;
    }
  }

  /**
   * The roster that the former life saw last. One that is older than what it counted by says nothing of who that is.
   */
  readRoster({ counted }: Pick<AgentState, 'counted'>): Roster {
    try {
      const roster = parseRoster(readFileSync(this.#rosterPath, 'utf8'));
      return roster !== undefined && roster.number >= counted ? roster : emptyRoster;
    } catch {
      return emptyRoster;
    }
  }

  /** Keeps a roster, in a file of its own: it is long, and seldom another. @throws Error as `write` does */
  writeRoster(roster: Roster): void {
    writeOver(this.#rosterPath, JSON.stringify(roster));
  }

  get #rosterPath(): string {
    return `${this.#path}.roster`;
  }
}

/** In the place of what is there, where there is no room beside it. @throws Error when that fails, too */
function writeOver(path: string, text: string): void {
  try {
    writeWhole(path, text);
  } catch {
    rmSync(path, { force: true });
    writeWhole(path, text);
  }
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function parse(value: unknown): AgentState | undefined {
  const { bootID, own, heldUntil, counted, acknowledged } =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (typeof bootID !== 'string' || !Array.isArray(own) || typeof heldUntil !== 'number' || typeof counted !== 'number')
    return undefined;
  const addresses = own.flatMap((entry: unknown) => {
    const { address, interface: device } =
      typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    return typeof address === 'string' && typeof device === 'string' ? [{ address, interface: device }] : [];
  });
  return { bootID, own: addresses, heldUntil, counted, ...(typeof acknowledged === 'number' ? { acknowledged } : {}) };
}
