/** The few parts of DER (X.690) that a certificate is made of. */

/** One element: its tag, the length of its content, the content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body]);
}

/** SEQUENCE. */
export const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content);

/** INTEGER that is not negative, big-endian. */
export const integer = (bytes: Uint8Array): Buffer =>
  element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.of(), bytes);

/** OBJECT IDENTIFIER, e.g. `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([40 * first + second, ...others].flatMap(base128)));
}

/** BIT STRING of whole bytes. */
export const bitString = (bytes: Uint8Array): Buffer => element(0x03, Buffer.of(0), bytes);

/** OCTET STRING. */
export const octetString = (bytes: Uint8Array): Buffer => element(0x04, bytes);

/** UTF8String. */
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text));

/**
 * A time in whole seconds as certificates have it (RFC 5280, 4.1.2.5): UTCTime until 2049, GeneralizedTime from then.
 */
export function certificateTime(time: Date): Buffer {
  const digits = `${time.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return time.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

function base128(value: number): number[] {
  const septets = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) septets.unshift((rest & 0x7f) | 0x80);
  return septets;
}
