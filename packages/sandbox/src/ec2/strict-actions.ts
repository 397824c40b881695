import { ipv4, ipv6 } from './address-family.ts';
import type { AddressHistory, Staleness } from './address-history.ts';
import { assignAddresses, type AddressChange } from './assign-addresses.ts';
import { describePage, pagedAction } from './describe.ts';
import { checkIdentifiers } from './identifiers.ts';
import type { MotoClient } from './moto-client.ts';
import type { Ec2Parameters } from './query.ts';
import { unassignAddresses } from './unassign-addresses.ts';
import type { XmlElement } from './xml.ts';

type Change = (moto: MotoClient, parameters: Ec2Parameters) => Promise<AddressChange>;

const changes: Readonly<Record<string, Change>> = {
  [ipv4.assignAction]: (moto, parameters) => assignAddresses(moto, ipv4, parameters),
  [ipv4.unassignAction]: (moto, parameters) => unassignAddresses(moto, ipv4, parameters),
  [ipv6.assignAction]: (moto, parameters) => assignAddresses(moto, ipv6, parameters),
  [ipv6.unassignAction]: (moto, parameters) => unassignAddresses(moto, ipv6, parameters),
};

/** Runs one call after the other, so that checks and change are one step and no answer shows half of one. */
export class StrictActions {
  readonly #history: AddressHistory;
  #last: Promise<unknown> = Promise.resolve();

  constructor(history: AddressHistory) {
    this.#history = history;
  }

  /** Resolves with the content of the answer; throws an Ec2Error. */
  run(moto: MotoClient, parameters: Ec2Parameters, staleness?: Staleness): Promise<XmlElement> {
    return this.exclusively(() => this.#run(moto, parameters, staleness));
  }

  /** Runs something when every call before it is done. */
  exclusively<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #run(moto: MotoClient, parameters: Ec2Parameters, staleness: Staleness | undefined): Promise<XmlElement> {
    const action = parameters['Action'] ?? '';
    checkIdentifiers(parameters);
    const change = changes[action];
    if (change) {
      const { answer, before } = await change(moto, parameters);
      this.#history.record(before);
      return answer;
    }
    const paged = pagedAction(action);
    if (!paged) return moto.call(parameters);
    return describePage(moto, paged, parameters, (all) => (staleness ? this.#history.asOf(staleness, all) : all));
  }
}
