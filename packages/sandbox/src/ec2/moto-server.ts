import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../envtest/free-ports.ts';
import { spawnGuarded } from '../envtest/guarded-process.ts';

/** A running moto. */
export interface MotoServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

const patience = 30_000;
const pollInterval = 50;

/**
 * Starts moto's server on a free loopback port; it ends with this process. Throws, with moto's own words, when it does
 * not answer.
 */
export async function startMoto(program: string): Promise<MotoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'moto-'));
  const logFile = join(folder, 'moto.log');
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const moto = spawnGuarded(program, ['-H', '127.0.0.1', '-p', String(port)], logFile, folder);
  const stop = async (): Promise<void> => {
    await moto.kill();
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + patience;
  while (!(await answers(url))) {
    if (moto.ended !== undefined || Date.now() > deadline) {
      const log = await readFile(logFile, 'utf8').catch(() => '');
      await stop();
      throw new Error(`${program} does not answer at ${url}: ${log.trim().slice(-2000) || 'it wrote nothing'}`);
    }
    await wait(pollInterval);
  }
  return { url, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/`)).ok;
  } catch {
    return false;
  }
}
