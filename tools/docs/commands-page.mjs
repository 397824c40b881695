import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { code, plain, table } from './markdown.mjs';

/** Every command of the program with its flags, as it itself knows them. */
export async function commandsPage(root) {
  const load = (path) => import(pathToFileURL(join(root, 'packages/operator/src', path)).href);
  const { createProgram } = await load('program/create-program.ts');
  const { examples } = await load('commands/examples.ts');
  const terminal = { out: () => undefined, error: () => undefined, color: false };
  const program = createProgram({ terminal, standardInput: async () => '' }, () => undefined);
  return `# Commands and flags

${plain(program.description())} Made from the program; \`egressip-ipam COMMAND --help\` says the same.

${table(
  ['Command', 'What it does'],
  program.commands.map((command) => [`[${command.name()}](#${command.name()})`, plain(command.description())]),
)}

As a plug-in of kubectl the same commands are \`kubectl egressip COMMAND\`. Exit codes: 0 nothing to do, 2 changes or problems found,
1 could not run.

${program.commands.map((command) => section(command, examples[command.name()] ?? [])).join('\n')}`;
}

function section(command, examples) {
  const argument = ({ required, variadic, _name: name }) => {
    const text = variadic ? `${name}...` : name;
    return required ? `<${text}>` : `[${text}]`;
  };
  const usage = ['egressip-ipam', command.name(), ...command.registeredArguments.map(argument), '[flags]'].join(' ');
  const options = command.options.filter(({ hidden }) => !hidden);
  return `## ${command.name()}

${plain(command.description())}

\`\`\`
${usage}
\`\`\`

\`\`\`sh
${examples.map((line) => `egressip-ipam ${line}`).join('\n')}
\`\`\`

${table(
  ['Flag', 'What it is for', 'By default', 'Variable'],
  options.map(({ flags, description, defaultValue, defaultValueDescription, argChoices, envVar }) => [
    code(flags),
    plain(description) + (argChoices === undefined ? '' : ` (${argChoices.join(', ')})`),
    code(defaultValueDescription ?? (defaultValue === undefined ? '' : String(defaultValue))),
    code(envVar ?? ''),
  ]),
)}
`;
}
