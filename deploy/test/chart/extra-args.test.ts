import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../packages/operator/src/program/create-program.ts';
import { chartFolder, deployPath } from '../../src/paths.ts';

interface Arguments {
  readonly items: { readonly pattern: string };
}

const { properties } = JSON.parse(readFileSync(deployPath(`${chartFolder}/values.schema.json`), 'utf8')) as {
  readonly properties: {
    readonly extraArgs: Arguments;
    readonly agent: { readonly properties: { readonly extraArgs: Arguments } };
  };
};
const silent = {
  terminal: { out: () => undefined, error: () => undefined, color: false },
  standardInput: () => Promise.resolve(''),
};
const program = createProgram(silent, () => undefined);

describe.each([
  ['run', properties.extraArgs],
  ['agent', properties.agent.properties.extraArgs],
])("the chart's arguments of %s", (name, { items }) => {
  const pattern = new RegExp(items.pattern);
  const options = program.commands.find((command) => command.name() === name)?.options ?? [];
  /** Commander's own choice of what a flag may be; where it does not say, a number is good everywhere. */
  const valuesOf = (choices: readonly string[] | undefined): readonly string[] => choices ?? ['10'];

  it.each(options.map((option) => [option.long ?? '', option] as const))('are %s, too', (long, option) => {
    if (!option.required) expect(long).toMatch(pattern);
    if (option.required) for (const value of valuesOf(option.argChoices)) expect(`${long}=${value}`).toMatch(pattern);
    // A value of its own would be an argument of its own, which the command does not take.
    if (option.required) expect(long).not.toMatch(pattern);
  });

  it('are no flags that it does not have', () => {
    const known = new Set(options.map(({ long }) => long));
    const named = items.pattern.match(/[a-z]+(-[a-z]+)+|[a-z]{4,}/g) ?? [];
    const words = named.filter(
      (word) => !['true', 'false', 'debug', 'info', 'warn', 'error', 'text', 'json'].includes(word),
    );
    expect(words.filter((word) => !known.has(`--${word}`))).toEqual([]);
    expect('--nope').not.toMatch(pattern);
  });
});
