import { expect, it } from 'vitest';
import { parseRoster } from './roster.ts';

it('keeps a member once that several generations have', () => {
  const member = { node: 'a', address: '192.0.2.11', port: 9814 };
  const other = { ...member, port: 9815 };
  const text = JSON.stringify({
    number: 2,
    generations: [
      { since: 1, members: [member] },
      { since: 2, members: [member, other] },
    ],
  });
  const [first, second] = parseRoster(text)?.generations ?? [];
  expect(second?.members).toEqual([member, other]);
  expect(second?.members[0]).toBe(first?.members[0]);
});
