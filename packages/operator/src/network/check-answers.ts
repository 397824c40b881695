import type {
  KubernetesWrite,
  NetworkFacts,
  NetworkStep,
  NetworkTraits,
  NodeFacts,
  Recognition,
  Rendering,
} from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';
import { asList, asObject, inWords, WrongShape } from '../built-in/answers.ts';

/**
 * What a network's back end answers, checked where it comes in: it is anybody's code, and what it tells wrongly must
 * not count for nothing, as an address that is in use, or bound, would then be given to another. Fields are read once.
 */

type Is = (value: unknown) => boolean;

/** More entries than a cluster of Kubernetes' limits makes of anything. */
const mostEntries = 1_000_000;

const isText: Is = (value) => typeof value === 'string';
const isTrue: Is = (value) => typeof value === 'boolean';
const isCount: Is = (value) => typeof value === 'number' && value >= 0;
const isNumber: Is = (value) => typeof value === 'number';
const isFunction: Is = (value) => typeof value === 'function';
const isAddress: Is = (value) => typeof value === 'number' || typeof value === 'bigint';
const isOneOf =
  (...values: readonly unknown[]): Is =>
  (value) =>
    values.includes(value);
const isMaybe =
  (is: Is): Is =>
  (value) =>
    value === undefined || is(value);
const isList =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.length <= mostEntries && value.every(is);
/** An object with these fields, whatever else it has. */
const isObject = (fields: Readonly<Record<string, Is>>): Is => {
  const entries = Object.entries(fields);
  return (value) => isRecord(value) && entries.every(([name, is]) => is(value[name]));
};
const isMap: Is = (value) => value instanceof Map;
const isSet: Is = (value) => value instanceof Set;
const isSubnet = isObject({ text: isText, first: isAddress, last: isAddress });
const isUse = isObject({ address: isAddress, by: isText });
const isRange = isObject({ first: isAddress, last: isAddress, reason: isText });
const isPlace = isObject({ address: isAddress, node: isText });
const isTable = isObject({ name: isText, size: isCount, entries: isCount, entriesFor: isFunction });

const isReference = isObject({ kind: isText, name: isText });
const isObstacle = isObject({ code: isText, message: isText });
const isFinding = isObject({
  code: isText,
  severity: isOneOf('error', 'warning', 'info'),
  object: isReference,
  message: isText,
  addresses: isMaybe(isList(isText)),
});
const isHosted = isObject({ address: isAddress, node: isText, state: isText });
/** One that is made when somebody asks for its entries is believed to make right ones. */
const isHostedList: Is = (value) =>
  isList(isHosted)(value) || (isRecord(value) && isFunction(value['at']) && Number(value['length']) <= mostEntries);
/** What is told by the hundred thousand stays the same object for as long as it says the same. */
const isOnce = (is: Is): Is => {
  const known = new WeakSet<object>();
  return (value) => {
    if (isRecord(value) && known.has(value)) return true;
    const isRight = is(value);
    if (isRight && isRecord(value)) known.add(value);
    return isRight;
  };
};
const isHost = isOnce(isObject({ object: isReference, hosted: isHostedList }));
const isBinding = isOnce(
  isObject({
    namespace: isText,
    object: isReference,
    ours: isTrue,
    addresses: isList(isAddress),
    unconfirmed: isList(isAddress),
  }),
);
const isPrecondition: Is = (value) =>
  isRecord(value) &&
  (value['kind'] === 'step'
    ? isText(value['id'])
    : value['kind'] === 'observed' && isReference(value['object']) && isText(value['state']));
const effects = ['allocated', 'released', 'recorded', 'hosted', 'unhosted', 'bound', 'unbound', 'attached', 'detached'];
const isStep = isObject({
  kind: isOneOf('network'),
  action: isText,
  id: isText,
  object: isReference,
  effects: isObject(Object.fromEntries(effects.map((effect) => [effect, isMaybe(isList(isText))]))),
  after: isList(isPrecondition),
  namespace: isMaybe(isText),
  node: isMaybe(isText),
  egressIPAM: isMaybe(isText),
});

/** @throws WrongShape when an answer is none to `recognise` */
export function checkRecognition(answer: unknown): Recognition {
  return checked<Recognition>(answer, 'recognise', {
    certainty: isOneOf('absent', 'served', 'used', 'at-work', 'announced'),
    settings: isMaybe(
      (value) => isRecord(value) && Object.values(value).every((one) => isText(one) || isTrue(one) || isNumber(one)),
    ),
    clusterAttaches: isMaybe(isOneOf('at-work', 'expected')),
  });
}

/** @throws WrongShape when an answer is none to `traits` */
export function checkTraits(answer: unknown): NetworkTraits {
  return checked<NetworkTraits>(answer, 'traits', {
    families: isList(isOneOf(4, 6)),
    placement: isFunction,
    boundCarries: isTrue,
    provesAllocations: isTrue,
    attach: isOneOf('after-hosting', 'before-hosting'),
    addressOnNode: isMaybe(isOneOf('needed', 'optional')),
    choosesDestinations: isMaybe(isTrue),
    sendsOn: isMaybe(isCount),
    namesInLabels: isMaybe(isTrue),
    pinsNodes: isTrue,
  });
}

/** @throws WrongShape when an answer is none to `read`; so do its functions when they answer wrongly */
export function checkFacts(answer: unknown): NetworkFacts {
  const facts = checked<NetworkFacts>(answer, 'read', {
    hosts: isList(isHost),
    bindings: isObject({ size: isCount, get: isFunction, values: isFunction }),
    reserved: isList(isRange),
    clusterNetworks: isMaybe(isList(isObject({ cidr: isSubnet, what: isText }))),
    used: isList(isUse),
    mentioned: isList(isAddress),
    refused: (value) => value instanceof Set,
    occupied: isList(isPlace),
    nodeOf: isFunction,
    obstacleOf: isFunction,
    standstill: isMaybe(isObstacle),
    tables: isMaybe(isList(isTable)),
    findings: isList(isFinding),
  });
  for (const binding of facts.bindings.values())
    if (!isBinding(binding)) throw new WrongShape('read: an entry of bindings is not as the contract has it');
  const { nodeOf, obstacleOf } = facts;
  return {
    ...facts,
    nodeOf: (node) =>
      checked<NodeFacts>(nodeOf(node), 'nodeOf', {
        usable: isTrue,
        subnets: isMaybe(isList(isSubnet)),
        capacity: isObject({ ipv4: isCount, ipv6: isCount, total: isCount }),
        addresses: isList(isAddress),
      }),
    obstacleOf: (namespace) => {
      const obstacle = obstacleOf(namespace);
      if (isMaybe(isObstacle)(obstacle)) return obstacle;
      throw new WrongShape('obstacleOf: code and message are expected, or undefined');
    },
  };
}

/** @throws WrongShape when an answer is none to `render` */
export function checkRendering(answer: unknown): Rendering {
  return checked<Rendering>(answer, 'render', {
    steps: isList(isStep),
    findings: isList(isFinding),
    states: isMaybe(isList(isMaybe(isText))),
    uncarried: isMaybe(isMap),
    uncertain: isMaybe(isSet),
    beforeRelease: isMaybe(isMap),
    wakeAt: isMaybe(isNumber),
  });
}

/** @throws WrongShape when an answer is none to `write`, or writes another object than the step says */
export function checkWrite(answer: unknown, { object }: NetworkStep): KubernetesWrite {
  const write = asObject(answer, 'write');
  const isWrite = isObject({
    verb: isOneOf('patch', 'apply', 'delete'),
    resource: isObject({ group: isText, version: isText, plural: isText, kind: isText }),
    name: isText,
    namespace: isMaybe(isText),
  });
  if (!isWrite(write)) throw new WrongShape(`write: ${inWords(write['verb'])} of an object is no write`);
  const known = write as unknown as KubernetesWrite;
  const written = `${known.resource.kind} ${known.name}`;
  if (written !== `${object.kind} ${object.name}`)
    throw new WrongShape(`write: it writes ${written}, and the step ${object.kind} ${object.name}`);
  return known;
}

/** An object of the fields that the contract has, each of which is as it says. */
function checked<Value extends object>(
  answer: unknown,
  call: string,
  contract: Readonly<Record<keyof Value, Is>>,
): Value {
  const seen = asObject(answer, call);
  const value: Record<string, unknown> = {};
  for (const [field, is] of Object.entries<Is>(contract)) {
    const part = seen[field];
    if (Array.isArray(part)) asList(part, `${call}: ${field}`, mostEntries);
    if (!is(part)) throw new WrongShape(`${call}: ${field} is not as the contract has it: ${inWords(part)}`);
    if (part !== undefined) value[field] = part;
  }
  return value as Value;
}
