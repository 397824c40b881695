import { createPrivateKey, X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock, ClockTimer } from '../clock/clock.ts';
import { selfSigned, type KeyPair } from './self-signed.ts';
import { readFile } from '../files/read-file.ts';

/** Where a server's certificate comes from. */
export interface CertificateOptions {
  readonly clock: Clock;
  /**
   * A folder with `tls.crt` and `tls.key`, as a Secret of type `kubernetes.io/tls` is mounted; absent: one that signs
   * itself is made.
   */
  readonly folder?: string;
  /** Told when the folder no longer has a certificate with its key; the last one stays in use. */
  readonly onError?: (error: unknown) => void;
}

/** Milliseconds between two looks at the files. */
const lookEvery = 10_000;

/** A server's certificate, read again when it changes. */
export class CertificateSource {
  readonly #options: CertificateOptions;
  #current: KeyPair;
  #timer: ClockTimer | undefined;
  /** What could not be used, so that it is said once. */
  #refused = '';

  private constructor(options: CertificateOptions, first: KeyPair) {
    this.#options = options;
    this.#current = first;
  }

  /** @throws Error when the folder has no certificate with its key */
  static async open(options: CertificateOptions): Promise<CertificateSource> {
    const { folder, clock } = options;
    const first =
      folder === undefined ? selfSigned([hostname(), 'localhost'], clock.now()) : checked(await readPair(folder));
    return new CertificateSource(options, first);
  }

  /** The one in use. */
  get current(): KeyPair {
    return this.#current;
  }

  /** Tells of each new one, until it is closed. */
  follow(onChange: (pair: KeyPair) => void): void {
    const { folder, clock } = this.#options;
    if (folder === undefined) return;
    this.#timer = clock.setTimeout(() => void this.#look(folder, onChange), lookEvery);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #look(folder: string, onChange: (pair: KeyPair) => void): Promise<void> {
    try {
      const pair = await readPair(folder);
      if (pair.certificate !== this.#current.certificate || pair.key !== this.#current.key) {
        this.#current = checked(pair);
        onChange(pair);
      }
      this.#refused = '';
    } catch (error) {
      if (this.#refused !== String(error)) this.#options.onError?.(error);
      this.#refused = String(error);
    }
    if (this.#timer !== undefined) this.follow(onChange);
  }
}

// One after the other: of two that are missing the same one is named each time.
async function readPair(folder: string): Promise<KeyPair> {
  const certificate = await readFile(join(folder, 'tls.crt'), 'utf8');
  const key = await readFile(join(folder, 'tls.key'), 'utf8');
  return { certificate, key };
}

/** @throws Error when the key is not that of the certificate, or one of them is none */
function checked(pair: KeyPair): KeyPair {
  if (!new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key)))
    throw new Error('tls.key is not the key of the certificate in tls.crt');
  return pair;
}
