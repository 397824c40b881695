import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

describe.each(['text', 'json'] as const)('a log as %s', (format) => {
  const written = (fields: Readonly<Record<string, unknown>>): string => {
    let text = '';
    createLog((line) => void (text += line), { format, level: 'info', now: () => 0 }).info('claim not served', fields);
    return text;
  };

  it('is one line each', () => {
    expect(written({ namespace: 'shop', addresses: ['10.0.0.1'] })).toBe(
      format === 'text'
        ? '1970-01-01T00:00:00.000Z INFO  claim not served namespace="shop" addresses=["10.0.0.1"]\n'
        : '{"level":"info","time":"1970-01-01T00:00:00.000Z","namespace":"shop","addresses":["10.0.0.1"],"message":"claim not served"}\n',
    );
  });

  it('lets no character through that steers a terminal or turns its text round', () => {
    const text = written({ reason: '\u001b[2J\u009b2J\r\n\u202eevil\u2066\u007f' });
    expect(text.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('\\u009b2J');
    expect(text.split('\n')).toHaveLength(2);
  });
});
