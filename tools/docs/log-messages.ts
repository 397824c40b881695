import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const levels = new Set(['debug', 'info', 'warn', 'error']);
const folders = ['packages/operator/src', 'packages/agent/src', 'packages/kube/src/serve'];

/** What a program logs at one place, or what stands where a message should. */
export interface LoggedMessage {
  readonly file: string;
  readonly text: string;
  readonly level: string;
  /** The keys of its values, as far as they stand beside it. */
  readonly keys: readonly string[];
  /** Whether it is a text without values inside. */
  readonly isStable: boolean;
}

/** Every message that the programs of this repository log: found where they are logged. */
export function loggedMessages(root: string): readonly LoggedMessage[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => messagesIn(`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8'))),
  );
}

/** The messages that one source file logs. */
export function messagesIn(file: string, text: string): readonly LoggedMessage[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: LoggedMessage[] = [];
  const visit = (node: ts.Node): void => {
    const level = ts.isCallExpression(node) ? levelOf(node.expression) : undefined;
    if (ts.isCallExpression(node) && level !== undefined) {
      const [message, values] = node.arguments;
      const keys = keysOf(values);
      for (const said of message === undefined ? [] : textsOf(message, source))
        found.push({ file, level, keys, ...said });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `log.warn(…)` however the log is reached, and `this.#warn(…)` and `warn(…)`, which pass their message on. */
function levelOf(callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) return callee.text === 'warn' ? 'warn' : undefined;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const { name, expression } = callee;
  if (name.text === '#warn') return 'warn';
  const owner = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  return levels.has(name.text) && /^#?log$/.test(owner) ? name.text : undefined;
}

function keysOf(values: ts.Expression | undefined): readonly string[] {
  if (values === undefined || !ts.isObjectLiteralExpression(values)) return [];
  return values.properties.flatMap(({ name }) => (name === undefined ? [] : [name.getText()]));
}

type Text = Pick<LoggedMessage, 'text' | 'isStable'>;

function textsOf(argument: ts.Expression, source: ts.SourceFile): readonly Text[] {
  if (ts.isStringLiteral(argument)) return [{ text: argument.text, isStable: true }];
  if (ts.isConditionalExpression(argument))
    return [argument.whenTrue, argument.whenFalse].flatMap((branch) => textsOf(branch, source));
  if (ts.isElementAccessExpression(argument)) return textsIn(argument.expression.getText(), source);
  const isPassedOn = ts.isIdentifier(argument) && argument.text === 'message';
  return isPassedOn ? [] : [{ text: argument.getText(), isStable: false }];
}

/** The texts of a constant that has one for each key. */
function textsIn(name: string, source: ts.SourceFile): readonly Text[] {
  const texts: Text[] = [];
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
