import type { Agent } from 'node:http';

/** What TLS needs to trust the server and to be trusted by it. PEM text or bytes. */
export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  /** False accepts any server certificate. */
  readonly rejectUnauthorized?: boolean;
}

/** What a request carries to be accepted. Secret: never log it. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
}

/** Where an API server is and how to be let in. */
export interface Connection {
  /** Base URL, `http:` or `https:`; a path is kept as a prefix. */
  readonly server: URL;
  /** Namespace that the configuration names, if any. */
  readonly namespace?: string;
  /** An agent to use in place of our own, e.g. one that goes through a proxy. */
  readonly agent?: Agent;
  /** What whoever uses it should know, as sentences, e.g. that the server's certificate is not checked. */
  readonly warnings?: readonly string[];
  /** Current credentials; called for every request, so implementations cache. */
  credentials(): Promise<Credentials>;
  /** The server did not accept the credentials: get new ones the next time. */
  invalidate?(): void;
  /** Ends what obtaining credentials has started, such as an exec plug-in that hangs. */
  close?(): void;
}

/** What {@link staticConnection} takes. */
export interface StaticConnectionOptions {
  readonly server: string;
  readonly token?: string;
  readonly tls?: TlsOptions;
  readonly namespace?: string;
}

/** A connection whose credentials never change, for tests and trial servers. */
export function staticConnection({ server, token, tls = {}, namespace }: StaticConnectionOptions): Connection {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    server: new URL(server),
    credentials: () => Promise.resolve({ headers, tls }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}
