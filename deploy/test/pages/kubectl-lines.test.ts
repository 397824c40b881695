import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../src/toolbox/find-tool.ts';
import { chartFolder, deployPath, releaseName } from '../../src/paths.ts';
import { runHelm } from '../../src/render/helm-template.ts';
import { helm4, noHelm, noKubectl } from '../support/helms.ts';
import { oneServer } from '../../../packages/operator/test/integration/support/start-server.ts';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';
import { startClusterOfPages, type ClusterOfPages } from './cluster.ts';
import { sitDown, type Call, type Desk } from './desk.ts';
import { blocksNotRun, scripts, type Script } from './lines.ts';

const kubectl = findTool('kubectl') ?? '';

/** What stands for what a reader has. */
const filledIn: readonly (readonly [said: string, meant: string])[] = [
  ['egressipam NAME', 'egressipam office'],
  ['KIND NAME', 'egressipam office'],
  ['NAMESPACE:NAME', 'egress:ipam'],
  ['TOPOLOGY_LABEL', 'egress-zone'],
  ['LABEL=TEAM', 'team=web'],
  ['--egressipam pool', '--egressipam office'],
];
const fill = (text: string): string => filledIn.reduce((filled, [said, meant]) => filled.replaceAll(said, meant), text);

/** What a kubelet does, and the answer where there is none: the command has found its pod by then. */
const byKubelets: readonly (readonly [line: RegExp, answer: RegExp])[] = [
  [/^kubectl logs .*-l /, /^$/],
  [/^kubectl exec /, /does not have a host assigned/],
  [/^kubectl port-forward /, /pod is not running. Current status=Pending/],
];

/** What the sandbox does not have: pods, roles, OpenAPI as kubectl wants it before it makes objects. */
const beyondTheSandbox = ['apply', 'create', 'exec', 'logs', 'port-forward', 'get pods'].map(
  (command) => `kubectl ${command} `,
);

/** Columns that are empty where no kubelet runs. */
const mayBeEmpty = new Set(
  'VERSION,OS-IMAGE,KERNEL-VERSION,CONTAINER-RUNTIME,EXTERNAL-IP,ROLES,IP,NODE,NOMINATED NODE,READINESS GATES'.split(
    ',',
  ),
);

/** What was met of the exceptions above. */
const met = new Set<RegExp | string>();

const isBeyond = ({ text }: Script): boolean => beyondTheSandbox.some((command) => text.includes(command));
const unused = beyondTheSandbox.filter((command) => !scripts.some(({ text }) => text.includes(command)));
const unfilled = filledIn.filter(([said]) => !scripts.some(({ text }) => text.includes(said)));

it('pages have lines of kubectl', () => expect(scripts.length).toBeGreaterThan(50));
it('each of them is run that stands in a block', () => expect(blocksNotRun).toEqual([]));
it('every command that the sandbox lacks is in a page', () => expect(unused).toEqual([]));
it('every placeholder that is filled in is in a page', () => expect(unfilled).toEqual([]));

describe.each(oneServer)('lines of kubectl, on %s', unless(kubectl === '', noKubectl), (server) => {
  let cluster: ClusterOfPages;
  let desk: Desk;
  let page: string | undefined;
  const followed = new Set<Script>();

  beforeAll(async () => {
    desk = sitDown(kubectl);
    cluster = await startClusterOfPages(server, desk.kubeconfig);
    await desk.follow('kubectl config rename-context "$(kubectl config current-context)" production');
    if (server === 'the sandbox') return;
    await desk.follow('kubectl apply -k deploy/manifests');
    await cluster.addPods();
  }, 120_000);
  afterAll(async () => {
    await cluster?.stop();
    desk?.clear();
  });

  it('what the chart prints once it is installed', unless(helm4 === '', noHelm), async () => {
    const flags = ['--namespace', releaseName, '--set', 'agent.enabled=true', '--dry-run=client', '--output', 'json'];
    const printed = runHelm(helm4, ['install', releaseName, deployPath(chartFolder), ...flags]);
    const { info } = JSON.parse(printed) as { readonly info: { readonly notes: string } };
    const lines = info.notes.match(/kubectl [^;\n]+/g) ?? [];
    const script = lines.join('\n').replace('namespace NAME ', 'namespace shop ').replace('=POOL', '=office');
    await cluster.forget();
    const calls = await desk.follow(script, { onlyAsks: server === 'the sandbox' });
    expect(calls).toHaveLength(5);
    expect(calls.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it.each(scripts)('$title', async (script) => {
    await (script.page === page ? cluster.settle() : cluster.forget());
    page = script.page;
    followed.add(script);
    const onlyAsks = server === 'the sandbox' && isBeyond(script);
    const calls = await desk.follow(fill(script.text), { onlyAsks });
    expect(calls.length).toBeGreaterThanOrEqual(script.text.match(/\bkubectl [a-z]/g)?.length ?? 1);
    expect(calls.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('every exception is met by a line', unless(server === 'the sandbox', noRealServer), () => {
    // Of some of the scripts alone nothing can be said.
    if (followed.size < scripts.length) return;
    expect([...byKubelets.map(([line]) => line), ...mayBeEmpty].filter((exception) => !met.has(exception))).toEqual([]);
  });

  it(
    'who makes the account of docs/metrics.md may read metrics by it',
    unless(server === 'the sandbox', noRealServer),
    async () => {
      const account = 'system:serviceaccount:egressip-ipam-operator:metrics-look';
      const [answer] = await desk.follow(`kubectl auth can-i get /metrics --as ${account}`);
      expect(answer?.out).toBe('yes\n');
    },
  );
});

/** What is wrong with what came of a line. */
function faultOf({ line, code, out, error }: Call): string | undefined {
  const [said, answer] = byKubelets.find(([exception]) => exception.test(line)) ?? [];
  if (said !== undefined && !line.endsWith(' --help')) {
    met.add(said);
    return answer?.test(error) === true ? undefined : `${line}: not ${String(answer)}, but ${error}${out}`;
  }
  // Of our own program other codes, and columns, say what it found.
  const isOurs = !/^kubectl (?!egressip)/.test(line);
  if (isOurs ? code === 1 : code !== 0) return `${line}: exit code ${code}, ${error}`;
  if (out.trim() === '' || /^ *"?items"?: \[\]/m.test(out)) return `${line}: prints nothing ${error}`;
  const empty = isOurs ? [] : emptyColumns(out);
  for (const column of empty) met.add(column);
  const columns = empty.filter((column) => !mayBeEmpty.has(column));
  return columns.length === 0 ? undefined : `${line}: nothing in ${columns.join(', ')}`;
}

/** Columns of tables in which no row has anything. */
function emptyColumns(printed: string): readonly string[] {
  return printed.split('\n\n').flatMap((table) => {
    const [header = '', ...rows] = table.trimEnd().split('\n');
    if (!/^[A-Z][A-Z0-9 ()_-]+$/.test(header)) return [];
    return [...header.matchAll(/\S+( \S+)* */g)]
      .filter(({ 0: { length }, index }) =>
        rows.every((row) => /^(<none>|<unknown>)?$/.test(row.slice(index, index + length).trim())),
      )
      .map(([name]) => name.trim());
  });
}
