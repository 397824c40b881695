import { createProgram } from '../../packages/operator/src/program/create-program.ts';
import { main } from '@egressip-ipam/operator';
import { createApiServer, type ApiServer } from '@egressip-ipam/sandbox';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  blocksIn,
  blocksOf,
  commandsInSentences,
  commandsOf,
  examplesInSource,
  pages,
  root,
  type CodeBlock,
} from './code-blocks.ts';

interface EgressIPAMObject {
  readonly kind: 'EgressIPAM';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly topologyLabel: string;
    readonly nodeSelector?: unknown;
    readonly cidrAssignments: readonly { readonly labelValue: string }[];
  };
}

function isEgressIPAM(object: unknown): object is EgressIPAMObject {
  return typeof object === 'object' && object !== null && 'kind' in object && object.kind === 'EgressIPAM';
}

const asCase = (block: CodeBlock): [string, string] => [block.at, block.text];

it.each(pages)('%s ends each block of code that it begins', (page) => {
  const fences = readFileSync(join(root, page), 'utf8').match(/^ *```.*$/gm) ?? [];
  expect(fences).toHaveLength(2 * blocksOf(page).length);
});

describe('commands of the documentation', () => {
  const shells = blocksIn('sh');
  const ours = shells.flatMap(({ at, text }) =>
    commandsOf(text)
      .map((words) => argumentsOf(words))
      .filter((args) => args !== undefined)
      .map((args): [string, readonly string[]] => [`${at}: ${args.join(' ')}`, args]),
  );

  /** What our program is given by a line, however it is called. */
  function argumentsOf([first, second, third, ...others]: readonly string[]): readonly string[] | undefined {
    const rest = [second, third].filter((word) => word !== undefined);
    if (first === 'egressip-ipam') return [...rest, ...others];
    if (first === 'kubectl' && second === 'egressip') return [third ?? '', ...others];
    if (first === 'npm' && second === 'start' && third === '--' && !others[0]?.startsWith('-')) return others;
    return undefined;
  }

  const inSentences = commandsInSentences('egressip-ipam', 'npm start --')
    .filter(({ text }) => !text.slice(0, -1).includes('…'))
    .flatMap(({ at, text }) =>
      commandsOf(text.replace(/…$/, ''))
        .map((words) => argumentsOf(words))
        .filter((args) => args !== undefined)
        // A name alone speaks of the command.
        .filter(({ length }) => length > 1)
        .map((args): [string, readonly string[]] => [`${at}: ${args.join(' ')}`, args]),
    );

  it('are there', () => expect([ours.length > 30, inSentences.length > 15]).toEqual([true, true]));

  it.each(inSentences)('%s, in a sentence', (_, args) => expect(parse(args)).resolves.toBeUndefined());

  it.each(ours)('%s', async (_, args) => {
    if (args.some((arg) => arg.startsWith('examples/')) && !args.includes('--live') && args[0] !== 'run') {
      let said = '';
      const terminal = { out: (text: string) => (said += text), error: (text: string) => (said += text), color: false };
      const inRepository = args.map((arg) => (arg.startsWith('examples/') ? join(root, arg) : arg));
      const code = await main(inRepository, { terminal, standardInput: async () => '' });
      expect(code, said).not.toBe(1);
    } else await expect(parse(args)).resolves.toBeUndefined();
  });

  /** Whether the program knows the command and its flags; nothing is carried out. */
  async function parse(args: readonly string[]): Promise<void> {
    let said = '';
    const terminal = { out: () => undefined, error: (text: string) => (said += text), color: false };
    const program = createProgram({ terminal, standardInput: async () => '' }, () => undefined);
    let isUnderstood = false;
    program.hook('preAction', () => {
      isUnderstood = true;
      throw new Error('understood');
    });
    await program.parseAsync([...args], { from: 'user' }).catch((error: unknown) => {
      if (!isUnderstood) throw new Error(`${said}${String(error)}`);
    });
  }

  it('are taken by zsh, too, to which a bracket or a star outside of quotes is a pattern', () => {
    const patterns = shells.flatMap(({ at, text }) =>
      [...text.replaceAll(/'[^']*'|"[^"]*"|(?<=^|\s)#.*|<\(|\$\S+/gm, '').matchAll(/\S*[[\]*?]\S*/g)].map(
        ([word]) => `${at}: ${word}`,
      ),
    );
    expect(patterns).toEqual([]);
  });

  it('name scripts of package.json that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: object };
    const named = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/(?:^|`)pnpm ([\w:-]+)/gm)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('look for Events of a namespace where they are, which kubectl describe namespace does not', () => {
    expect(shells.filter(({ text }) => /kubectl describe (namespace|ns)\b/.test(text))).toEqual([]);
  });

  it('name files of the repository that are there', () => {
    const named = shells.flatMap(({ at, text }) =>
      [...text.matchAll(/(?<![\w./-])(?:\.\/)?((?:deploy|examples|docs|packages|tools)\/[\w./-]+)/g)].map(
        ([, path = '']) => ({ at, path }),
      ),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('objects of the documentation', () => {
  let server: ApiServer;
  const crds = readdirSync(join(root, 'deploy/crds'))
    .filter((file) => file.startsWith('redhatcop'))
    .map((file) => readFileSync(join(root, 'deploy/crds', file), 'utf8'));
  beforeAll(async () => (server = await createApiServer({ crds })));
  afterAll(() => server.stop());

  it.each(blocksIn('yaml', 'json').map(asCase))('%s', async (_, text) => {
    for (const document of parseAllDocuments(text)) {
      expect(document.errors).toEqual([]);
      const object: unknown = document.toJS();
      if (!isEgressIPAM(object)) continue;
      const response = await fetch(
        `${server.url}/apis/redhatcop.redhat.io/v1alpha1/egressipams?fieldValidation=Strict`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(object),
        },
      );
      expect([201, 409], await response.text()).toContain(response.status);
    }
  });

  /** What decides which nodes an EgressIPAM has: the older of two with the same has them all. */
  const nodesOf = ({ metadata, spec }: EgressIPAMObject): readonly [nodes: string, name: string][] =>
    spec.cidrAssignments.map(({ labelValue }) => [
      JSON.stringify([spec.topologyLabel, labelValue, spec.nodeSelector]),
      metadata.name,
    ]);

  it.each(pages)('those of %s leave each other their nodes, as who follows it makes one after the other', (page) => {
    const owners = new Map<string, Set<string>>();
    for (const { text, language } of blocksOf(page))
      for (const document of language === 'yaml' ? parseAllDocuments(text) : []) {
        const object: unknown = document.toJS();
        for (const [nodes, name] of isEgressIPAM(object) ? nodesOf(object) : [])
          owners.set(nodes, (owners.get(nodes) ?? new Set()).add(name));
      }
    expect([...owners.values()].filter(({ size }) => size > 1)).toEqual([]);
  });
});

describe('programs of the documentation', () => {
  const examples = examplesInSource();
  const blocks = [...blocksIn('ts'), ...examples];
  const nameOf = (index: number): string => join(root, `docs-block-${index}.ts`);
  const texts = new Map(blocks.map(({ text }, index) => [nameOf(index), `${text}\nexport {};\n`]));
  const program = typeCheck(texts);

  it('are there for what people meet first', () => expect(examples.length).toBeGreaterThanOrEqual(10));

  it.each(blocks.map(({ at }, index): [string, string] => [at, nameOf(index)]))('%s', (_, name) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });
});

/** A program of texts that are no files, which import our packages from their sources. */
function typeCheck(texts: ReadonlyMap<string, string>): ts.Program {
  const { compilerOptions } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path))
    .config as { readonly compilerOptions: object };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...compilerOptions,
      noUnusedLocals: false,
      noUnusedParameters: false,
      types: ['node'],
      paths: {
        '@egressip-ipam/core/plugin': ['./packages/core/src/plugin.ts'],
        '@egressip-ipam/core/testing': ['./packages/core/src/testing/index.ts'],
        '@egressip-ipam/core/simulate': ['./packages/core/src/simulate/index.ts'],
        '@egressip-ipam/*': ['./packages/*/src/index.ts'],
      },
    },
    root,
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.getSourceFile = (name, target, ...others) => {
    const text = texts.get(name);
    return text === undefined ? getSourceFile(name, target, ...others) : ts.createSourceFile(name, text, target, true);
  };
  return ts.createProgram([...texts.keys()], options, host);
}
