import type { FactsReader, NetworkBackend, NetworkFacts, NetworkView } from '@egressip-ipam/core';
import { asObject, inOneLine, WrongShape } from '../built-in/answers.ts';
import { reasonOf } from '../output/reason-of.ts';
import { checkFacts, checkRecognition, checkRendering, checkTraits, checkWrite } from './check-answers.ts';

/** What a network's back end threw, or answered wrongly. It comes from where the back end's own error does. */
class NetworkFault extends Error {
  override readonly name = 'NetworkFault';

  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.stack = `${this.name}: ${message}${framesOf(cause)}`;
  }
}

const contained = new WeakMap<NetworkBackend, NetworkBackend>();

/**
 * A network's back end whose mistakes are said to be its own: what it answers to the operator is checked, and whatever
 * it throws is an error that names it. The same for the same back end.
 */
export function containNetwork(backend: NetworkBackend): NetworkBackend {
  const known = contained.get(backend);
  if (known !== undefined) return known;
  const wall = build(backend);
  contained.set(backend, wall);
  contained.set(wall, wall);
  return wall;
}

function build(backend: NetworkBackend): NetworkBackend {
  const { guard, counted, configMaps, readsDefinitions, nodeVerbs } = backend;
  /** A back end renders with facts of its own, in which may be more than the contract has. */
  const own = new WeakMap<NetworkFacts, NetworkFacts>();
  const ask = <Value>(call: string, run: () => Value): Value => {
    try {
      return run();
    } catch (error) {
      const says = error instanceof WrongShape ? 'answers wrongly: ' : `failed: ${call}: `;
      throw new NetworkFault(`network "${backend.name}" ${says}${inOneLine(reasonOf(error))}`, error);
    }
  };
  const read = (reader: FactsReader, view: NetworkView): NetworkFacts => {
    const theirs = reader.read(view);
    const facts = checkFacts(theirs);
    const { nodeOf, obstacleOf } = facts;
    const seen: NetworkFacts = {
      ...facts,
      nodeOf: (node) => ask('nodeOf', () => nodeOf(node)),
      obstacleOf: (namespace) => ask('obstacleOf', () => obstacleOf(namespace)),
    };
    own.set(seen, theirs);
    return seen;
  };
  return {
    specificationVersion: backend.specificationVersion,
    name: backend.name,
    title: backend.title,
    kinds: backend.kinds,
    nodeAnnotations: backend.nodeAnnotations,
    ...(counted === undefined ? {} : { counted }),
    ...(configMaps === undefined ? {} : { configMaps }),
    ...(readsDefinitions === undefined ? {} : { readsDefinitions }),
    ...(guard === undefined ? {} : { guard }),
    ...(nodeVerbs === undefined ? {} : { nodeVerbs }),
    recognise: (evidence) => ask('recognise', () => checkRecognition(backend.recognise(evidence))),
    traits: (...of) => ask('traits', () => checkTraits(backend.traits(...of))),
    createFactsReader: () => {
      const reader = ask('createFactsReader', () => {
        const answer: unknown = backend.createFactsReader();
        return asObject(answer, 'createFactsReader') as unknown as FactsReader;
      });
      return { read: (view) => ask('read', () => read(reader, view)) };
    },
    render: (decisions, facts, view) =>
      ask('render', () => checkRendering(backend.render(decisions, own.get(facts) ?? facts, view))),
    write: (step) => ask('write', () => checkWrite(backend.write(step), step)),
    simulate: (network, step) => backend.simulate(network, step),
    describe: (objects, step) => backend.describe(objects, step),
    explain: (objects, address) => backend.explain(objects, address),
    ...(backend.adoptable === undefined ? {} : { adoptable: (objects) => backend.adoptable?.(objects) ?? [] }),
    ...(backend.provision === undefined
      ? {}
      : { provision: (objects, added) => backend.provision?.(objects, added) ?? objects }),
    ...(backend.withoutNodes === undefined
      ? {}
      : { withoutNodes: (objects, isGone) => backend.withoutNodes?.(objects, isGone) ?? objects }),
  };
}

/** Where an error comes from; nothing for an answer that is wrong, whose maker no stack shows. */
function framesOf(error: unknown): string {
  try {
    const stack = error instanceof Error && !(error instanceof WrongShape) ? error.stack : undefined;
    const first = typeof stack === 'string' ? stack.search(/\n\s*at /) : -1;
    return first === -1 ? '' : String(stack).slice(first);
  } catch {
    return '';
  }
}
