import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { plain } from './markdown.mjs';

/** What each package exports, with what its docstrings say: a page for each package. */
export function apiPages(root) {
  const packages = readdirSync(join(root, 'packages')).map((name) => {
    const folder = join(root, 'packages', name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const entries = Object.entries(manifest.exports)
      .filter(([, target]) => target.types !== undefined)
      .map(([path, target]) => ({ name: join(manifest.name, path), file: join(folder, target.types) }));
    return { name, manifest, entries: entries.filter(({ file }) => existsSync(file)) };
  });
  const files = packages.flatMap(({ entries }) => entries.map(({ file }) => file));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  });
  return packages
    .filter(({ entries }) => entries.length > 0)
    .map(({ name, manifest, entries }) => [name, page(manifest, entries, program)]);
}

function page(manifest, entries, program) {
  const checker = program.getTypeChecker();
  const sections = entries.flatMap(({ name, file }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    const symbols = checker.getExportsOfModule(module).sort((first, second) => (first.name < second.name ? -1 : 1));
    return [`## ${name}`, ...symbols.map((symbol) => describe(symbol, checker))];
  });
  return `# ${manifest.name}\n\n${manifest.description}\n\n${sections.join('\n\n')}\n`;
}

const printer = ts.createPrinter();

function describe(exported, checker) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const said = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol
    .getJsDocTags(checker)
    .map(({ name, text }) => `- **${name}** ${plain(ts.displayPartsToString(text))}`);
  const code = (symbol.declarations ?? []).map((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return printer
      .printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile())
      .replace(/^\s*\/\*\*[^]*?\*\/\s*/, '')
      .replace(/^(export |declare )+/, '');
  });
  return [`### ${exported.name}`, plain(said), tags.join('\n'), `\`\`\`ts\n${code.join('\n')}\n\`\`\``]
    .filter(Boolean)
    .join('\n\n');
}
