import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { badRequest, StatusError, unsupportedMediaType } from './status-errors.ts';

/** Kubernetes' limit for a request. */
const maximumBytes = 3 * 1024 * 1024;

/** The media type of a request's body, without parameters. */
export const mediaTypeOf = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Reads a body as text.
 *
 * @throws StatusError 413 beyond 3 MiB
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk as Uint8Array);
    bytes += buffer.length;
    if (bytes > maximumBytes) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maximumBytes}`);
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads JSON or, where the media type says so, YAML.
 *
 * @throws StatusError 400
 */
export function parseBody(text: string, mediaType: string): unknown {
  try {
    // Most clients send JSON as YAML, which it is, and JSON is read a hundred times as fast.
    return mediaType.endsWith('yaml') && !text.startsWith('{') ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; parse error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const objectTypes = ['application/json', 'application/yaml'];

/** Refuses a body for a create or update that is neither JSON nor YAML. */
export function assertObjectType(mediaType: string): void {
  if (mediaType !== '' && !objectTypes.includes(mediaType)) throw unsupportedMediaType(objectTypes);
}
