import { reasonOf } from '../errors/reason-of.ts';
import type { Clock } from '../clock/clock.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { AccessReview } from './access-review.ts';
import { CertificateSource } from './certificate-source.ts';
import { limited, serveTexts, type TextServer } from './text-server.ts';

/** Where `/metrics` is served, and to whom, as controller-runtime's flags have it. */
export interface MetricsFlags {
  /** `HOST:PORT` or `:PORT`; `0` serves nothing. */
  readonly metricsBindAddress: string;
  /** Over TLS, to who may `get` the non-resource URL `/metrics`; absent: over plain HTTP, to everyone. */
  readonly metricsSecure?: boolean;
  /** A folder with `tls.crt` and `tls.key`; absent: a certificate is made that signs itself. */
  readonly metricsCertDir?: string;
}

/** What serves `/metrics`. */
export interface MetricsServerOptions {
  /** Reviews tokens and rights. */
  readonly rest: RestClient;
  readonly clock: Clock;
  /** Makes the text; undefined stands for "not now". */
  readonly text: () => string | undefined | Promise<string | undefined>;
  /** Told what goes wrong on the way. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * Serves `/metrics` as controller-runtime does: over TLS, to who the API server says may read it; and no more than ten
 * times in a second.
 *
 * @throws Error when the address cannot be used, or the folder has no certificate with its key
 */
export async function serveMetrics(
  { metricsBindAddress: address, metricsSecure, metricsCertDir: folder }: MetricsFlags,
  { rest, clock, text, warn }: MetricsServerOptions,
): Promise<TextServer | undefined> {
  if (address === '0' || address === '') return undefined;
  const paths = { '/metrics': limited(text, () => clock.monotonic()) };
  if (metricsSecure !== true) return serveTexts(address, paths);
  const certificate = await CertificateSource.open({
    clock,
    ...(folder === undefined ? {} : { folder }),
    onError: (error) =>
      warn('the certificate for metrics cannot be read; the last one stays in use', { reason: reasonOf(error) }),
  });
  const review = new AccessReview({
    rest,
    clock,
    path: '/metrics',
    onError: (error) => warn('a token for metrics cannot be reviewed', { reason: reasonOf(error) }),
  });
  return serveTexts(address, paths, { certificate, admit: (authorization) => review.admit(authorization) });
}
