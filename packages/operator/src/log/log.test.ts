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

  it('loses no line for a value that JSON does not have', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(written({ circle, count: 7n })).toContain('claim not served');
    expect(written({ count: 7n })).toContain('"7"');
  });

  it('writes what is at its level or above', () => {
    const lines: string[] = [];
    const log = createLog((line) => void lines.push(line), { format, level: 'warn', now: () => 0 });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
    expect(lines.join('')).toMatch(/^[^\n]*warn[^\n]*\n[^\n]*error[^\n]*\n$/);
  });
});
