import { createHmac, timingSafeEqual } from 'node:crypto';

/** What agents ask and tell one another. */
export type PeerMessage =
  | { readonly type: 'question'; readonly from: string; readonly nonce: string }
  | {
      readonly type: 'answer';
      readonly from: string;
      /** That of the question: an answer counts once, and only for who asked. */
      readonly nonce: string;
      readonly reachesServer: boolean;
      readonly acknowledged: number | undefined;
    };

const macLength = 32;
/** Longer datagrams are nobody's of ours. */
const maxLength = 1_024;
const leastQuestionLength = 512;

/**
 * A message as a datagram: an HMAC-SHA256 with the cluster's key, then JSON. Who does not have the key can neither make
 * an answer nor change one, and an old answer has another question's nonce; what is left to him is to hold datagrams
 * back, which lets addresses go, never doubles them. A question is as long as any answer to it, so that nobody gets
 * more than he sends.
 */
export function encodeMessage(message: PeerMessage, key: Buffer): Buffer {
  const text = JSON.stringify(message);
  const body = Buffer.from(message.type === 'question' ? text.padEnd(leastQuestionLength - macLength) : text);
  return Buffer.concat([createHmac('sha256', key).update(body).digest(), body]);
}

/** Reads a datagram that one of the keys signed; undefined for anything else. */
export function decodeMessage(datagram: Buffer, keys: readonly Buffer[]): PeerMessage | undefined {
  if (datagram.length <= macLength || datagram.length > maxLength) return undefined;
  const mac = datagram.subarray(0, macLength);
  const body = datagram.subarray(macLength);
  if (!keys.some((key) => timingSafeEqual(createHmac('sha256', key).update(body).digest(), mac))) return undefined;
  return parse(body.toString('utf8'));
}

function parse(text: string): PeerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { type, from, nonce, reachesServer, acknowledged } =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (typeof from !== 'string' || typeof nonce !== 'string') return undefined;
  if (type === 'question') return { type, from, nonce };
  if (type !== 'answer' || typeof reachesServer !== 'boolean') return undefined;
  return {
    type,
    from,
    nonce,
    reachesServer,
    acknowledged: typeof acknowledged === 'number' ? acknowledged : undefined,
  };
}
