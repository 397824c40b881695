import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Admission } from './access/admission.ts';
import { authenticate } from './access/authenticate.ts';
import type { Authorizer } from './access/authorize.ts';
import { assertAuthorized } from './access/authorize.ts';
import { answerReview, isReview } from './access/review.ts';
import type { User } from './access/user.ts';
import { bootstrap } from './bootstrap.ts';
import type { ApiContext } from './context.ts';
import { handleNonResource } from './handle-non-resource.ts';
import type { Answer } from './handle-resource.ts';
import { handleResource } from './handle-resource.ts';
import { formatKubeconfig } from './kubeconfig.ts';
import type { OpenWatch } from './read/watch.ts';
import { mediaTypeOf, parseBody, readBody } from './request-body.ts';
import { parseRequest } from './request-info.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { createRequestLog, toLoggedRequest } from './request-log.ts';
import { createResourceCatalogue } from './resources/resource-catalogue.ts';
import { notImplemented, StatusError } from './status-errors.ts';
import { createStore } from './store.ts';
import { finaliseNamespace } from './write/namespace-finaliser.ts';

/** How to set up an {@link ApiServer}; everything may be left out. */
export interface ApiServerOptions {
  /**
   * CustomResourceDefinitions to serve from the start, each an object or a text of YAML documents. More can be POSTed.
   */
  readonly crds?: readonly (string | object)[];
  /** Loopback TCP port; 0, the default, takes a free one. */
  readonly port?: number;
  /** Where timestamps come from; the machine's clock by default. */
  readonly clock?: { now(): number };
  /** Who may come in, by bearer token. Without it everyone may, and is an administrator. */
  readonly tokens?: Readonly<Record<string, User>>;
  /** Decides about each request after it is known who makes it; allows everything by default. */
  readonly authorize?: Authorizer;
  /** Looks at each write before it happens. */
  readonly admission?: Admission;
  /** Whether to play the namespace controller, which empties and removes deleted namespaces. True by default. */
  readonly finalizeNamespaces?: boolean;
  /**
   * How many events each resource remembers for watches and paged lists; what is older answers 410. 10,000 by default.
   */
  readonly historyLimit?: number;
  /** Milliseconds between bookmarks on watches that ask for them; 60,000 by default. */
  readonly bookmarkInterval?: number;
  /** How many requests the log keeps; 10,000 by default. */
  readonly requestLogLimit?: number;
  /** Called with every request as it is logged. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

/** A Kubernetes API server in this process, with its objects in memory. */
export interface ApiServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly requests: RequestLog;
  /** A kubeconfig, as YAML, for this server. */
  kubeconfig(token?: string): string;
  /** The resourceVersion of the latest change. */
  resourceVersion(): string;
  /** Forgets all history: a watch or list that goes on from an older resourceVersion gets 410. */
  compact(): void;
  /** Sends a bookmark now on every watch that asked for bookmarks. */
  sendBookmarks(): void;
  /** Ends every open watch, as a server does on restart. */
  closeWatches(): void;
  /** Ends every connection and closes the port. */
  stop(): Promise<void>;
}

/**
 * Starts an API server on a loopback port. What it serves, and what it refuses, is in this package's README.
 *
 * @throws StatusError when a CustomResourceDefinition is refused
 */
export async function createApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { clock = Date, requestLogLimit = 10_000, bookmarkInterval = 60_000 } = options;
  const context = createContext(options);
  bootstrap(context, options.crds ?? []);
  const watches = new Set<OpenWatch>();
  const requests = createRequestLog(requestLogLimit);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const info = parseRequest(request.method ?? 'GET', url);
    let user: User | undefined;
    let code = 200;
    let written = '';
    const respond = async (): Promise<Answer> => {
      user = authenticate(request.headers.authorization, options.tokens);
      assertAuthorized(options.authorize, info, user);
      assertAcceptsJson(request.headers.accept);
      if (request.headers['impersonate-user'] !== undefined) throw notImplemented('impersonation');
      if (!info.isResource) return handleNonResource(context, info.verb, info.path);
      if (isReview(info)) {
        const review = parseBody(await readBody(request), mediaTypeOf(request));
        return { code: 201, text: JSON.stringify(answerReview(review, options.tokens, options.authorize)) };
      }
      const { admission } = options;
      return handleResource({ context, admission, watches }, { info, user, url, request, response });
    };
    try {
      const answer = await respond();
      if (answer !== 'streaming') {
        code = send(response, answer);
        written = answer.name ?? '';
      }
    } catch (error) {
      code = send(response, refusal(error));
    }
    const contentType = request.headers['content-type']?.split(';')[0] ?? '';
    const answered = { status: code, contentType, path: url.pathname + url.search, time: clock.now(), name: written };
    const logged = toLoggedRequest(info, user, answered);
    requests.record(logged);
    options.onRequest?.(logged);
  };

  const server = createServer((request, response) => void serve(request, response));
  // A client that keeps connections must not lose them to Node's five seconds.
  server.keepAliveTimeout = 180_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const bookmarks = setInterval(() => watches.forEach((watch) => watch.bookmark()), bookmarkInterval).unref();
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const closeWatches = (): void => watches.forEach((watch) => watch.close());
  return {
    url,
    requests,
    kubeconfig: (token) => formatKubeconfig(url, token),
    resourceVersion: () => String(context.store.revision()),
    compact: () => context.store.compact(),
    sendBookmarks: () => watches.forEach((watch) => watch.bookmark()),
    closeWatches,
    async stop() {
      clearInterval(bookmarks);
      closeWatches();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function assertAcceptsJson(accept = '*/*'): void {
  if (/json|yaml|\*\/\*|application\/\*|text\//.test(accept)) return;
  throw new StatusError(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
}

function createContext(options: ApiServerOptions): ApiContext {
  const { clock = Date, finalizeNamespaces = true, historyLimit = 10_000 } = options;
  const context: ApiContext = {
    store: createStore(historyLimit),
    catalogue: createResourceCatalogue(),
    timestamp: () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    namespaceChanged(namespace) {
      // Later, as a controller would: the client sees the namespace terminating before it is gone.
      if (finalizeNamespaces) setImmediate(() => finaliseNamespace(context, namespace));
    },
  };
  return context;
}

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

function send(response: ServerResponse, answer: Exclude<Answer, 'streaming'>): number {
  const { code, text, contentType = 'application/json', warnings = [] } = answer;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return code;
  }
  if (warnings.length > 0) {
    response.setHeader(
      'warning',
      warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
    );
  }
  response.writeHead(code, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
  return code;
}

function refusal(error: unknown): Exclude<Answer, 'streaming'> {
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(
          500,
          'InternalError',
          `the sandbox API server failed: ${error instanceof Error ? error.message : String(error)}`,
        );
  return { code: status.code, text: JSON.stringify(status.toStatus()) };
}
