import { asList, authorizationFor, type Ec2Parameters } from '../query.ts';
import { child, items, parseXml, text, type XmlElement } from '../xml.ts';

/** Calls an EC2 with plain HTTP. */
export class Ec2TestClient {
  readonly #url: string;
  readonly #region: string;

  constructor(url: string, region = 'us-east-1') {
    this.#url = url;
    this.#region = region;
  }

  /** Sends one call; resolves with what came back. Rejects when the connection breaks or the signal aborts. */
  async call(
    parameters: Ec2Parameters,
    signal?: AbortSignal,
  ): Promise<{
    readonly status: number;
    readonly content: XmlElement;
    readonly outcome: string;
    readonly message: string;
  }> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { authorization: authorizationFor(this.#region) },
      body: new URLSearchParams(parameters),
      ...(signal && { signal }),
    });
    const content = parseXml(await response.text());
    const error = child(child(content, 'Errors'), 'Error');
    return {
      status: response.status,
      content,
      outcome: text(error, 'Code') ?? 'ok',
      message: text(error, 'Message') ?? '',
    };
  }

  /** Resolves with `ok` or the error's code. */
  async outcome(parameters: Ec2Parameters): Promise<string> {
    return (await this.call(parameters)).outcome;
  }

  assign(networkInterfaceId: string, addresses: readonly string[], more: Ec2Parameters = {}): Promise<string> {
    return this.outcome({
      Action: 'AssignPrivateIpAddresses',
      NetworkInterfaceId: networkInterfaceId,
      ...asList('PrivateIpAddress', addresses),
      ...more,
    });
  }

  unassign(networkInterfaceId: string, addresses: readonly string[]): Promise<string> {
    return this.outcome({
      Action: 'UnassignPrivateIpAddresses',
      NetworkInterfaceId: networkInterfaceId,
      ...asList('PrivateIpAddress', addresses),
    });
  }

  /** Every page of a list, each an array. */
  async pages(parameters: Ec2Parameters, list: string): Promise<XmlElement[][]> {
    const pages: XmlElement[][] = [];
    let token: string | undefined;
    do {
      const { content, outcome, message } = await this.call({
        ...parameters,
        ...(token !== undefined && { NextToken: token }),
      });
      if (outcome !== 'ok') throw new Error(`${outcome}: ${message}`);
      pages.push(items(content, list));
      token = text(content, 'nextToken');
    } while (token !== undefined);
    return pages;
  }
}
