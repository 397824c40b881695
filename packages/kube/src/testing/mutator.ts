/** Makes wrong values out of right ones, the same for the same seed. */
export interface Mutator {
  /** A whole number from 0 up to, but without, the limit. */
  below(limit: number): number;
  /** A JSON value in which something is missing, another, or of another type. */
  value(value: unknown): unknown;
  /** A text cut off, cut out, doubled in part, or with foreign characters in it. */
  text(text: string): string;
}

const strange: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => -1,
  () => 1e308,
  () => NaN,
  () => '',
  () => '\u0000\u001b[31m\n\u2028',
  () => 'x'.repeat(10_000),
  () => '__proto__',
  () => [],
  () => [[[[null]]]],
  () => ({}),
  () => ({ toString: null, constructor: null, length: -1, then: 5 }),
  () => JSON.parse('{"__proto__":{"metadata":{"name":"a"}}}') as unknown,
];

/** A mutator of this seed. */
export function createMutator(seed: number): Mutator {
  let state = seed | 0;
  // mulberry32: small, and good enough to choose by.
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(random() * limit);
  const oddity = (): unknown => strange[below(strange.length)]?.();
  const mutate = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || below(6) === 0) return oddity();
    const isList = Array.isArray(value);
    const entries = Object.entries(value);
    const chosen = below(entries.length + 1);
    const [key, inner] = entries[chosen] ?? ['', undefined];
    const changed =
      chosen === entries.length
        ? [...entries, [isList ? String(entries.length) : 'foreign', oddity()]]
        : below(4) === 0
          ? entries.filter(([other]) => other !== key)
          : entries.map(([other, kept]) => (other === key ? [other, mutate(inner)] : [other, kept]));
    return isList ? changed.map(([, entry]) => entry) : Object.fromEntries(changed);
  };
  const pieces = ['\u0000', '{', '}', '[', '"', '\n', 'null', '\ud800', '\\u', ',', '9'.repeat(400)];
  return {
    below,
    value: mutate,
    text(text) {
      const [from, to] = [below(text.length + 1), below(text.length + 1)].sort((left, right) => left - right) as [
        number,
        number,
      ];
      switch (below(4)) {
        case 0:
          return text.slice(0, from);
        case 1:
          return text.slice(0, from) + text.slice(to);
        case 2:
          return text.slice(0, to) + text.slice(from);
        default:
          return text.slice(0, from) + (pieces[below(pieces.length)] ?? '') + text.slice(from);
      }
    },
  };
}
