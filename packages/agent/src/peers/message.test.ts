import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from './message.ts';

const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const question = { type: 'question', from: 'a', nonce: 'n' } as const;
const answer = { type: 'answer', from: 'b', nonce: 'n', reachesServer: false, acknowledged: 7 } as const;

describe('messages of peers', () => {
  it('arrive as they were sent, by any of the keys', () => {
    expect(decodeMessage(encodeMessage(answer, key), [other, key])).toEqual(answer);
    expect(decodeMessage(encodeMessage({ ...answer, acknowledged: undefined }, key), [key])).toEqual({
      ...answer,
      acknowledged: undefined,
    });
    expect(decodeMessage(encodeMessage(question, key), [key])).toEqual(question);
  });

  it('count for nothing when one bit is another, the key is another, or they are garbage', () => {
    const datagram = encodeMessage(answer, key);
    for (let index = 0; index < datagram.length; index++) {
      const changed = Buffer.from(datagram);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(decodeMessage(changed, [key])).toBeUndefined();
    }
    expect(decodeMessage(datagram, [other])).toBeUndefined();
    expect(decodeMessage(datagram, [])).toBeUndefined();
    for (const garbage of [Buffer.alloc(0), Buffer.alloc(32), Buffer.alloc(65_000)])
      expect(decodeMessage(garbage, [key])).toBeUndefined();
  });

  it('give nobody more bytes than he sent', () => {
    const longest = encodeMessage(
      { ...answer, from: 'n'.repeat(253), nonce: 'n'.repeat(22), acknowledged: Number.MAX_SAFE_INTEGER },
      key,
    );
    expect(encodeMessage(question, key).length).toBeGreaterThanOrEqual(longest.length);
  });
});
