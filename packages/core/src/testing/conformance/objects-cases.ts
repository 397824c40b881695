import type { ProviderObservation } from '../../provider-contract/observation.ts';
import type { PlatformInObjects, ProviderEntry, ProviderKind } from '../../provider-contract/platform-in-objects.ts';
import { isReadBy } from '../../read/platform-objects.ts';
import type { Read } from '../../finding/read.ts';
import { asRecord, isRecord } from '../../snapshot/object-reader.ts';
import { check, look, mustDo } from './actions.ts';
import { onlyIf, type ConformanceCase, type ConformanceDeclaration, type ProviderHarness } from './harness.ts';

/** The rules of a platform that stands in objects. */
export function objectsCases({ attach, readsObjects = false }: ConformanceDeclaration): readonly ConformanceCase[] {
  const declared: ConformanceCase = {
    name: 'declares whether its platform stands in objects',
    async run({ provider }) {
      check(
        (provider.fromObjects !== undefined) === readsObjects,
        `fromObjects is ${provider.fromObjects === undefined ? 'not ' : ''}there, and readsObjects is declared as ${readsObjects}`,
      );
    },
  };
  return [declared, ...onlyIf(readsObjects, 'the platform does not stand in objects', cases(attach))];
}

/** What stands in the place of anything else. */
const shapes: readonly unknown[] = [
  undefined,
  null,
  7,
  Number.NaN,
  'text\u001b[2J',
  true,
  [],
  [null, 7, {}],
  {},
  { name: 7 },
];

const cases = (attach: boolean): readonly ConformanceCase[] => [
  {
    name: 'sees in objects what a look shows',
    async run(harness) {
      if (attach) await mustDo(harness, { type: 'attach', address: harness.freeAddress(4), node: harness.nodes[0] });
      const [live, seen] = [await look(harness), see(harness, await objectsOf(harness))];
      check(
        canonical(live) === canonical(seen),
        `a look and the objects differ:\n${canonical(live)}\n${canonical(seen)}`,
      );
    },
  },
  {
    name: 'sees every node and CIDR asked for in objects, once and in order, also where there are none',
    async run(harness) {
      for (const objects of [await objectsOf(harness), []]) checkAnswers(harness, see(harness, objects));
    },
  },
  {
    name: 'leaves objects as they are, and sees the same in them twice',
    async run(harness) {
      const objects = (await objectsOf(harness)).map(frozen);
      const [first, second] = [canonical(see(harness, objects)), canonical(see(harness, objects))];
      check(first === second, `the same objects are seen as\n${first}\n${second}`);
    },
  },
  {
    name: 'reads objects with anything in the place of anything, and names each in which something is wrong',
    async run(harness) {
      const objects = await objectsOf(harness);
      for (const [index, object] of objects.entries()) {
        for (const spoilt of [...shapes, ...spoiltCopies(object)]) {
          const others = objects.map((other, at) => (at === index ? withKindOf(spoilt, object) : other));
          checkAnswers(harness, see(harness, others));
        }
      }
    },
  },
];

async function objectsOf(harness: ProviderHarness): Promise<readonly unknown[]> {
  const objects = await harness.objects?.();
  check(objects !== undefined && objects.length > 0, 'the harness gives no objects, and readsObjects is declared');
  return objects;
}

function platformOf({ provider }: ProviderHarness): PlatformInObjects {
  const { fromObjects } = provider;
  check(fromObjects !== undefined, 'fromObjects is not there');
  return fromObjects;
}

/** What the provider sees in objects. */
function see(harness: ProviderHarness, objects: readonly unknown[]): ProviderObservation {
  const { kinds, observe } = platformOf(harness);
  const entries = kinds.map((kind) => [kind.resource.kind, read(kind, objects, harness.operatorNamespace)] as const);
  return observe(Object.fromEntries(entries), { nodes: harness.nodes, cidrs: harness.cidrs });
}

function read(kind: ProviderKind, objects: readonly unknown[], namespace?: string): readonly ProviderEntry[] {
  const meant = objects.filter(
    (object) => asRecord(object)['kind'] === kind.resource.kind && isReadBy(kind, object, namespace),
  );
  return meant.flatMap((object) => {
    const result: Read<ProviderEntry> = kind.read(object);
    const name = asRecord(asRecord(object)['metadata'])['name'];
    for (const problem of result.problems)
      check(
        problem.object.kind === kind.resource.kind && [name, ''].includes(problem.object.name),
        `a problem of ${kind.resource.kind} ${String(name)} is said of ${problem.object.kind} ${problem.object.name}`,
      );
    if (!result.ok) return [];
    check(typeof result.value.name === 'string', `an entry of ${kind.resource.kind} has no name`);
    return [result.value];
  });
}

function checkAnswers({ nodes, cidrs }: ProviderHarness, seen: ProviderObservation): void {
  const [nodeNames, cidrTexts] = [seen.nodes.map(({ node }) => node), seen.cidrs.map(({ cidr }) => cidr)];
  const asked = nodes.map(({ name }) => name);
  check(nodeNames.join() === asked.join(), `asked for nodes ${asked.join()}, got ${nodeNames.join()} of objects`);
  check(cidrTexts.join() === cidrs.join(), `asked for CIDRs ${cidrs.join()}, got ${cidrTexts.join()} of objects`);
}

/** As JSON, with fields in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    isRecord(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([one], [other]) => (one < other ? -1 : 1)))
      : entry,
  );
}

/** A copy that nobody can change. */
function frozen(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  if (!isRecord(value)) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, frozen(entry)])));
}

/** Copies of a value, each with something else in one place of it. */
function* spoiltCopies(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, entry] of (value as unknown[]).entries())
      for (const other of [...shapes, ...spoiltCopies(entry)]) yield value.with(index, other);
  } else if (isRecord(value)) {
    for (const [key, entry] of Object.entries(value))
      for (const other of [...shapes, ...spoiltCopies(entry)]) yield { ...value, [key]: other };
  }
}

function withKindOf(spoilt: unknown, object: unknown): unknown {
  return isRecord(spoilt) ? { ...spoilt, kind: asRecord(object)['kind'] } : spoilt;
}
