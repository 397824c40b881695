import { blocksIn, commandsInSentences, pages } from '../../../tools/docs/code-blocks.ts';

/** What somebody does who follows a page: a block that uses kubectl, objects, a command in the middle of a sentence. */
export interface Script {
  readonly page: string;
  /** `PAGE:LINE`, and what is there. */
  readonly title: string;
  readonly text: string;
}

/** Blocks that use kubectl in a language that is not run. */
export const blocksNotRun = blocksIn('bash', 'console', 'shell', 'text', '').filter(({ text }) =>
  /^\s*(\$ *)?kubectl /m.test(text),
);

const ofBlocks = blocksIn('sh')
  .filter(({ text }) => /(^|[|(]) *kubectl /m.test(text))
  .map(({ at, text }) => ({ page: pageOf(at), title: at, text }));

/** Objects are offered to the server, which keeps none; what kustomize takes is built. */
const objects = blocksIn('yaml')
  .filter(({ text }) => /^apiVersion:/m.test(text))
  .map(({ at, text }) => {
    const given = (to: string): string => `${to} <<'END'\n${text}END\n`;
    const isBuilt = text.includes('kind: Kustomization');
    const script = isBuilt
      ? `${given('cat > kustomization.yaml')}kubectl kustomize .`
      : given('kubectl apply --dry-run=server -f -');
    return { page: pageOf(at), title: `${at} ${isBuilt ? 'is built' : 'is taken'}`, text: script };
  });

const inSentences = commandsInSentences('kubectl').map(({ at, text }) => {
  const line = text.replace(' …', '');
  return { page: pageOf(at), title: `${at} ${line}`, text: asked(line) };
});

/** All of them, page by page; those that take things away come last. */
export const scripts: readonly Script[] = [...ofBlocks, ...objects, ...inSentences].sort(
  (a, b) => takesAway(a) - takesAway(b) || pages.indexOf(a.page) - pages.indexOf(b.page),
);

function takesAway({ text }: Script): number {
  return Number(text.includes('kubectl delete ')) + Number(text.includes('kubectl delete crd '));
}

function pageOf(at: string): string {
  return at.slice(0, at.lastIndexOf(':'));
}

/** A command that is spoken of without an object (`kubectl get -o yaml`) is asked whether it knows its flags. */
function asked(line: string): string {
  return /^kubectl [\w-]+( -o yaml| --[\w-]+)*$/.test(line) ? `${line} --help` : line;
}
