import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };
const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' };
const noClock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The core reads no clock: take the time as a parameter.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'The core reads no clock: take the time as a parameter.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'The core rolls no die.',
  },
  { selector: 'ImportDeclaration[source.value=/^node:/]', message: 'The core runs in a browser: no Node built-ins.' },
];
const noFilePromises = {
  selector: "ImportDeclaration[source.value='node:fs/promises']",
  message: 'It loads streams, watchers and a line editor, 1 MiB of an agent: read with node:fs.',
};
const inputOutput = ['performance', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'process', 'console'];

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/coverage/**',
      '**/.turbo/**',
      '.tools/**',
      'reports/**',
      '**/node_modules/**',
      '**/*.mjs',
      '**/*.cjs',
      '**/*.js',
    ],
  },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./packages/*/tsconfig.json', './deploy/tsconfig.json', './tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      complexity: ['error', 20],
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', noDefaultExport, noEnum],
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, noEnum, ...noClock],
      'no-restricted-globals': ['error', ...inputOutput],
    },
  },
  {
    files: ['packages/agent/src/**/*.ts', 'packages/kube/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, noEnum, noFilePromises] },
  },
  {
    files: ['**/*.test.ts', 'packages/*/test/**/*.ts', 'packages/*/bench/**/*.ts', '**/testing/**/*.ts'],
    rules: {
      'max-lines': 'off',
      complexity: 'off',
      'no-restricted-globals': 'off',
      'no-restricted-syntax': ['error', noEnum],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  // The API server answers with texts of whatever a client sent.
  {
    files: ['packages/sandbox/src/api-server/**/*.ts'],
    rules: { '@typescript-eslint/no-base-to-string': 'off', complexity: ['error', 26] },
  },
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
