import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const levels = new Set(['debug', 'info', 'warn', 'error']);

/** A message of the log, or what stands where one should. */
interface Said {
  readonly file: string;
  readonly text: string;
  readonly isStable: boolean;
}

const said = ['packages/operator/src', 'packages/agent/src', 'packages/kube/src/serve'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => messagesIn(`${folder}/${name}`)),
);

it('finds the messages', () => {
  expect(said.length).toBeGreaterThan(50);
  expect(said.map(({ text }) => text)).toContain('addresses moved between interfaces');
  expect(messagesIn('sample.ts', 'log.warn(`${node} is dead`, {})')).toEqual([
    { file: 'sample.ts', text: '`${node} is dead`', isStable: false },
  ]);
});

it('a message of the log has no value inside', () => {
  expect(said.filter(({ isStable }) => !isStable)).toEqual([]);
});

it('every message of the log has its row in docs/log.md, and every row its message', () => {
  const rows = readFileSync(join(root, 'docs/log.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text]) => text),
  );
  expect([...new Set(documented)].sort()).toEqual([...new Set(said.map(({ text }) => text))].sort());
});

function messagesIn(file: string, text = readFileSync(join(root, file), 'utf8')): readonly Said[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Said[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLogCall(node.expression))
      for (const message of node.arguments.slice(0, 1).flatMap((argument) => textsOf(argument, source)))
        found.push({ file, ...message });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `log.warn(…)` however the log is reached, and `this.#warn(…)` and `warn(…)`, which pass their message on. */
function isLogCall(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'warn';
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const { name, expression } = callee;
  if (name.text === '#warn') return true;
  const owner = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  return levels.has(name.text) && /^#?log$/.test(owner);
}

function textsOf(argument: ts.Expression, source: ts.SourceFile): readonly Omit<Said, 'file'>[] {
  if (ts.isStringLiteral(argument)) return [{ text: argument.text, isStable: true }];
  if (ts.isConditionalExpression(argument))
    return [argument.whenTrue, argument.whenFalse].flatMap((branch) => textsOf(branch, source));
  if (ts.isElementAccessExpression(argument)) return textsIn(argument.expression.getText(), source);
  const isPassedOn = ts.isIdentifier(argument) && argument.text === 'message';
  return isPassedOn ? [] : [{ text: argument.getText(), isStable: false }];
}

/** The texts of a constant that has one for each key. */
function textsIn(name: string, source: ts.SourceFile): readonly Omit<Said, 'file'>[] {
  const texts: Omit<Said, 'file'>[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) collect(node);
    ts.forEachChild(node, visit);
  };
  const collect = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node)) texts.push(...textsOf(node.initializer, source));
    ts.forEachChild(node, collect);
  };
  visit(source);
  return texts;
}
