// Cheap checks that no other tool makes. Prints what is wrong and fails.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { applied, mutants } from './mutants/list.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const problems = [];
const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);

const machinePath = /(?<![\w.~-])\/(?:work|root|home)\/[\w.-]+/;
const registry = new RegExp(
  ['registry', 'npmjs'].join('\\.') + '|' + ['pypi', 'org'].join('\\.') + '|' + ['proxy', 'golang'].join('\\.'),
);
// Prettier lets comments be as long as they are.
const comment = /^ *(?:\*|\/\/|\/\*\*)/;
const text = new Set(['.ts', '.mjs', '.js', '.json', '.md', '.yaml', '.yml', '.sh', '']);

for (const file of files) {
  if (!existsSync(join(root, file)) || !text.has(extname(file))) continue;
  const content = readFileSync(join(root, file), 'utf8');
  content.split('\n').forEach((line, index) => {
    if (machinePath.test(line)) problems.push(`${file}:${index + 1}: a path of one machine`);
    if (/\.(ts|mjs)$/.test(file) && comment.test(line) && [...line].length > 120)
      problems.push(`${file}:${index + 1}: a comment of ${[...line].length} characters; 120 are the most`);
    if (registry.test(line)) problems.push(`${file}:${index + 1}: the host of a package registry`);
  });
  const name = basename(file);
  if (/^packages\/.*\.ts$/.test(file) && !/^[a-z0-9.-]+$/.test(name))
    problems.push(`${file}: file names are in kebab-case`);
}

const packages = readdirSync(join(root, 'packages'));
for (const name of packages) {
  for (const wanted of ['README.md', 'package.json', 'tsup.config.ts', 'src/index.ts']) {
    if (!existsSync(join(root, 'packages', name, wanted))) problems.push(`packages/${name}: ${wanted} is missing`);
  }
  const readme = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
  for (const entry of readdirSync(join(root, 'packages', name, 'src'), { withFileTypes: true }))
    if (entry.isDirectory() && !new RegExp(`\`(?:src/)?${entry.name}\``).test(readme))
      problems.push(`packages/${name}/README.md: nothing is said of the folder ${entry.name}`);
}

// Core and operator know networks and clouds by their contracts; only these name any.
const named =
  /ovn|sdn|hostsubnet|netnamespace|cilium|antrea|cloudprivateipconfig|\baws|\bazure|\bgcp|\bopenstack|\bibmcloud|\balibaba/i;
const mayName = [
  /\.test\.ts$/,
  /^packages\/operator\/src\/built-in\//,
  'packages/operator/src/trial/networks.ts',
  // Help texts.
  'packages/operator/src/program/add-run.ts',
  'packages/operator/src/commands/examples.ts',
];
for (const file of files) {
  if (!/^packages\/(core|operator)\/src\//.test(file) || !existsSync(join(root, file))) continue;
  if (mayName.some((place) => (typeof place === 'string' ? place === file : place.test(file)))) continue;
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (named.test(line))
        problems.push(`${file}:${index + 1}: names a network or a cloud, which its package should know`);
    });
}

// Where the text of a mutant has changed, it breaks nothing any more.
for (const mutant of mutants) {
  try {
    applied(mutant, root);
  } catch (error) {
    problems.push(`tools/mutants/list.mjs, ${mutant[0]}: ${error.message}`);
  }
}

/** Every symbol that a package exports has a docstring. */
function checkDocumentation(entry) {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config.compilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson({ ...config, types: [] }, root);
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined || declaration.getSourceFile().fileName.includes('node_modules')) continue;
    if (symbol.getDocumentationComment(checker).length === 0)
      problems.push(
        `${declaration.getSourceFile().fileName.slice(root.length)}: exported ${exported.name} has no docstring`,
      );
  }
}
for (const name of packages) {
  const entry = join(root, 'packages', name, 'src/index.ts');
  if (existsSync(entry)) checkDocumentation(entry);
}
checkDocumentation(join(root, 'packages/core/src/testing/index.ts'));

for (const problem of problems) console.error(problem);
console.log(`${files.length} files checked, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
