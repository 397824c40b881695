// The public surface of every published package, as it is built: `node tools/api-report.mjs` compares it with the
// reports that are committed (packages/*/api.md), `--update` writes them. It changes only on purpose.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const isUpdating = process.argv.includes('--update');
const printer = ts.createPrinter({ removeComments: true });

/** The entries of a package that have types: the name that is imported, and the file. */
function entriesOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (manifest.private === true) return [];
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object' && target.types !== undefined)
    .map(([path, target]) => ({ name: join(manifest.name, path), file: join(folder, target.types) }));
}

const packages = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .map((folder) => ({ folder, entries: entriesOf(folder) }))
  .filter(({ entries }) => entries.length > 0);
const files = packages.flatMap(({ entries }) => entries.map(({ file }) => file));
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`not built: ${missing.join(', ')}`);
const program = ts.createProgram(files, {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
});
const checker = program.getTypeChecker();
const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** A declaration without comments and without what its file exports it as. */
function textOf(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printer
    .printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile())
    .replace(/^(export |declare |default )+/, '');
}

const exportsOf = ({ file }) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));

/** What an entry exports, and under it what of the same package that refers to and no entry exports. */
function describe(entry, { folder, entries }) {
  const dist = join(folder, 'dist') + sep;
  const isOwn = (symbol) =>
    symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(dist)) ?? false;
  const exported = new Map();
  const others = [];
  for (const symbol of exportsOf(entry))
    if (isOwn(resolved(symbol))) exported.set(symbol.name, resolved(symbol));
    else others.push(symbol.name);
  const known = new Set(entries.flatMap(exportsOf).map(resolved));
  const reached = [];
  const visit = (node) => {
    const found = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    const symbol = found && resolved(found);
    const isTop = symbol?.declarations?.some(
      ({ parent }) => parent && (ts.isSourceFile(parent) || ts.isVariableDeclarationList(parent)),
    );
    if (symbol && isTop && isOwn(symbol) && !known.has(symbol)) {
      known.add(symbol);
      reached.push(symbol);
      symbol.declarations.forEach(visit);
    }
    ts.forEachChild(node, visit);
  };
  for (const symbol of exported.values()) symbol.declarations.forEach(visit);
  const byName = ([first], [second]) => (first < second ? -1 : 1);
  const lines = [
    ...[...exported].sort(byName).flatMap(([name, symbol]) =>
      symbol.declarations.map((declaration) => {
        const own = declaration.name?.text ?? symbol.name;
        return `export ${textOf(declaration)}${own === name ? '' : ` // as ${name}`}`;
      }),
    ),
    ...others.sort().map((other) => `export { ${other} }; // of another package`),
    ...(reached.length > 0 ? ['', '// Not exported, but reached from what is:'] : []),
    ...reached
      .map((symbol) => [symbol.name, symbol])
      .sort(byName)
      .flatMap(([, symbol]) => symbol.declarations.map((declaration) => `declare ${textOf(declaration)}`)),
  ];
  return `## ${entry.name}\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`;
}

const different = [];
for (const published of packages) {
  const file = join(published.folder, 'api.md');
  const title = `# Public API\n\nWritten by \`pnpm api:update\` from what is built, without comments; a change here is a change for users.\n\n`;
  const text = await format(title + published.entries.map((entry) => describe(entry, published)).join('\n'), {
    ...(await resolveConfig(file)),
    parser: 'markdown',
  });
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  different.push(file.slice(root.length));
  if (isUpdating) writeFileSync(file, text);
}
for (const file of different) console.log(`${file} ${isUpdating ? 'is written' : 'is not what the package exports'}`);
if (different.length > 0 && !isUpdating) {
  console.error('The public API has changed. If that is on purpose: pnpm api:update, and commit it with a changeset.');
  process.exitCode = 1;
}
