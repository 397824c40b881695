import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { code, table } from './markdown.mjs';

const levels = new Set(['debug', 'info', 'warn', 'error']);

/** Every message that the operator and the agent log: found where they are logged. @throws Error when docs/log.md names another */
export function logMessagesPage(root) {
  const found = new Map();
  for (const file of sourcesOf(root)) visit(file, file, found);
  const page = readFileSync(join(root, 'docs/log.md'), 'utf8');
  const explained = [...page.matchAll(/^\| (`.+?`(?:, `.+?`)*) +\| (?:debug|info|warn|error) /gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`(.+?)`/g)].map(([, message]) => message),
  );
  const unknown = explained.filter((message) => !found.has(message));
  if (unknown.length > 0) throw new Error(`docs/log.md explains what is never logged: ${unknown.join('; ')}`);
  const rows = [...found.values()].sort((first, second) => (first.message < second.message ? -1 : 1));
  return `# All log messages

Found in the code, where they are logged. Messages are stable; what they mean for you, and how to find an address in them, is in
[the log](../log.md).

${table(
  ['Message', 'Level', 'Keys'],
  rows.map(({ message, level, keys }) => [code(message), level, [...keys].map(code).join(', ')]),
)}
`;
}

/** Every Event: the findings that are worth one, and what happens to namespaces. */
export function eventsPage(root) {
  const rows = new Map();
  for (const { text } of sourcesOf(root))
    for (const [, type, reason] of text.matchAll(/'(Normal|Warning)',\s*'([A-Z]\w+)'/g)) rows.set(reason, type);
  const news = readFileSync(join(root, 'packages/operator/src/run/news.ts'), 'utf8');
  const [, union = ''] = /reason: ((?:'\w+' ?\|? ?)+);/.exec(news) ?? [];
  for (const [, reason] of union.matchAll(/'(\w+)'/g)) rows.set(reason, 'Normal');
  const own = [...rows].sort(([first], [second]) => (first < second ? -1 : 1));
  return `# Events

Events stand on namespaces, nodes and EgressIPAMs: \`kubectl describe namespace NAME\` shows them. Each problem is told once while it
stands; the reason of such an Event is the code of the finding, and [findings](../findings.md) say what each means and what to do.

Beside those:

${table(
  ['Reason', 'Type'],
  own.map(([reason, type]) => [code(reason), type]),
)}

More than a hundred at once of one kind are told in one sentence.
`;
}

function sourcesOf(root) {
  return ['operator', 'agent', 'kube'].flatMap((name) => {
    const folder = join(root, 'packages', name, 'src');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing'))
      .map((file) => ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true));
  });
}

function visit(node, file, found) {
  if (ts.isCallExpression(node)) {
    const { expression, arguments: given } = node;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText(file);
    const method = name.replace(/^#/, '');
    const isLog = ts.isPropertyAccessExpression(expression) && /\blog$/i.test(expression.expression.getText(file));
    // Parts that know no log are handed one method of it, by its name.
    if ((isLog && levels.has(method)) || method === 'warn') note(method, given, file, found);
  }
  ts.forEachChild(node, (child) => visit(child, file, found));
}

function note(level, [message, fields], file, found) {
  for (const text of textsOf(message)) {
    const entry = found.get(text) ?? { message: text, level, keys: new Set() };
    if (fields !== undefined && ts.isObjectLiteralExpression(fields))
      for (const { name } of fields.properties) if (name !== undefined) entry.keys.add(name.getText(file));
    found.set(text, entry);
  }
}

function textsOf(node) {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  // One of several texts that stand in a constant of the file.
  if (ts.isElementAccessExpression(node)) return constantTexts(node.expression.getText(), node.getSourceFile());
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
  return [];
}

function constantTexts(name, file) {
  const found = file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((declaration) => declaration.name.getText() === name);
  const value =
    found?.initializer && ts.isAsExpression(found.initializer) ? found.initializer.expression : found?.initializer;
  if (value === undefined || !ts.isObjectLiteralExpression(value)) return [];
  return value.properties.flatMap((property) => textsOf(property.initializer));
}
