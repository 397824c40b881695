import { expect, it } from 'vitest';
import { textOf, unreadable } from './input-problem.ts';

it('tells so much of what a file repeats in a problem as fits a few lines', () => {
  const long = 'x'.repeat(200_000);
  const problem = { file: 'a.yaml', line: 3, object: `Namespace/${long}`, field: long, message: long };
  expect(textOf(problem).length).toBeLessThan(2_000);
  expect(textOf(problem)).toMatch(/^a\.yaml:3: Namespace\/x+…: x+…: x+…$/);
  expect(unreadable([problem, problem]).message).toMatch(/^.{1000,2000} \(and 1 more\)$/);
});
