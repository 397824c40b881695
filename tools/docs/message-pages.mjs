import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loggedMessages } from './log-messages.ts';
import { code, table } from './markdown.mjs';

/** Every message that the operator and the agent log. */
export function logMessagesPage(root) {
  const rows = new Map();
  for (const { text, level, keys } of loggedMessages(root))
    rows.set(text, { level, keys: new Set([...(rows.get(text)?.keys ?? []), ...keys]) });
  return `# All log messages

Found in the code, where they are logged. Messages are stable; what they mean for you, and how to find an address in them, is in
[the log](../log.md).

${table(
  ['Message', 'Level', 'Keys'],
  [...rows]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([message, { level, keys }]) => [code(message), level, [...keys].map(code).join(', ')]),
)}
`;
}

/** Every Event: the findings that are worth one, and what happens to namespaces. */
export function eventsPage(root) {
  const rows = new Map();
  for (const text of sourcesOf(root))
    for (const [, type, reason] of text.matchAll(/'(Normal|Warning)',\s*'([A-Z]\w+)'/g)) rows.set(reason, type);
  const news = readFileSync(join(root, 'packages/operator/src/run/news.ts'), 'utf8');
  const [, union = ''] = /reason: ((?:'\w+' ?\|? ?)+);/.exec(news) ?? [];
  for (const [, reason] of union.matchAll(/'(\w+)'/g)) rows.set(reason, 'Normal');
  const own = [...rows].sort(([first], [second]) => (first < second ? -1 : 1));
  return `# Events

Events stand on namespaces, nodes and EgressIPAMs. Those are objects without a namespace, whose Events Kubernetes keeps in \`default\`:
\`kubectl events --namespace default --for namespace/NAME\` shows them; of nodes and EgressIPAMs \`kubectl describe\` does, too. Each problem is told once while it
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
      .map((file) => readFileSync(join(folder, file), 'utf8'));
  });
}
