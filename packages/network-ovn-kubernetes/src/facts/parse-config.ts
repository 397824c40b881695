import { type Address } from '@egressip-ipam/core';
import { ListMemo } from '@egressip-ipam/core/plugin';
import { addressOfConfig, type CloudPrivateIPConfigEntry } from '../kinds/cloud-private-ip-config.ts';

/** A CloudPrivateIPConfig with the address of its name. */
export interface ParsedConfig {
  readonly name: string;
  readonly source: CloudPrivateIPConfigEntry;
  readonly address: Address;
  /** The node that has the address, or is to have it: between two nodes it has none in its status. */
  readonly node: string | undefined;
}

/** Parses CloudPrivateIPConfigs; those that are named by no address say nothing. */
export class ConfigParser {
  readonly #memo = new ListMemo(parseConfig);

  parseAll(entries: readonly CloudPrivateIPConfigEntry[]): readonly ParsedConfig[] {
    return this.#memo.parseAll(entries).flatMap(({ config }) => config ?? []);
  }
}

function parseConfig(source: CloudPrivateIPConfigEntry): {
  readonly name: string;
  readonly config: ParsedConfig | undefined;
} {
  const { name, statusNode = '', specNode } = source;
  const address = addressOfConfig(source);
  const node = statusNode === '' ? specNode : statusNode;
  return { name, config: address === undefined ? undefined : { name, source, address, node } };
}
