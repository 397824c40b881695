import { Ec2Error } from './ec2-error.ts';
import { readNetworkInterface, type Ec2NetworkInterface } from './network-interface.ts';
import { asFilter, asList, type Ec2Parameters } from './query.ts';
import { child, items, parseXml, text, type XmlElement } from './xml.ts';

/** How many addresses of each family an interface of an instance may have. */
export interface AddressLimits {
  readonly ipv4: number;
  readonly ipv6: number;
}

const limitsByType = new Map<string, AddressLimits>();

/** Calls moto's EC2 in the account and region of an Authorization header. */
export class MotoClient {
  readonly #url: string;
  readonly #authorization: string;

  constructor(url: string, authorization: string) {
    this.#url = url;
    this.#authorization = authorization;
  }

  /** Calls an action; resolves with the content of the answer, throws an Ec2Error. */
  async call(parameters: Ec2Parameters): Promise<XmlElement> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { authorization: this.#authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString(),
    });
    const body = await response.text();
    if (response.ok) return parseXml(body);
    const error = body.startsWith('<?xml') ? child(child(parseXml(body), 'Errors'), 'Error') : {};
    throw new Ec2Error(
      text(error, 'Code') ?? 'InternalError',
      text(error, 'Message') ?? `moto: ${body.slice(0, 500)}`,
      response.status,
    );
  }

  /** The items of a list that moto may give in pages. */
  async list(parameters: Ec2Parameters, name: string): Promise<XmlElement[]> {
    const found: XmlElement[] = [];
    let token: string | undefined;
    do {
      const page: XmlElement = await this.call({ ...parameters, ...(token !== undefined && { NextToken: token }) });
      found.push(...items(page, name));
      token = text(page, 'nextToken');
    } while (token !== undefined);
    return found;
  }

  /** Throws an Ec2Error for an unknown ID. */
  async networkInterface(id: string): Promise<Ec2NetworkInterface> {
    const [item] = await this.list(
      { Action: 'DescribeNetworkInterfaces', ...asList('NetworkInterfaceId', [id]) },
      'networkInterfaceSet',
    );
    if (item === undefined)
      throw new Ec2Error('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
    return readNetworkInterface(item);
  }

  async networkInterfacesOfSubnet(subnetId: string): Promise<Ec2NetworkInterface[]> {
    const found = await this.list(
      { Action: 'DescribeNetworkInterfaces', ...asFilter('subnet-id', [subnetId]) },
      'networkInterfaceSet',
    );
    return found.map(readNetworkInterface);
  }

  /** The subnet's CIDRs, IPv4 first. */
  async subnetCidrs(
    subnetId: string,
  ): Promise<{ readonly ipv4: string | undefined; readonly ipv6: string | undefined }> {
    const [subnet = {}] = await this.list(
      { Action: 'DescribeSubnets', ...asList('SubnetId', [subnetId]) },
      'subnetSet',
    );
    const [association = {}] = items(subnet, 'ipv6CidrBlockAssociationSet');
    return { ipv4: text(subnet, 'cidrBlock'), ipv6: text(association, 'ipv6CidrBlock') };
  }

  async addressLimits(instanceId: string): Promise<AddressLimits> {
    const [reservation = {}] = await this.list(
      { Action: 'DescribeInstances', ...asList('InstanceId', [instanceId]) },
      'reservationSet',
    );
    const [instance = {}] = items(reservation, 'instancesSet');
    const type = text(instance, 'instanceType') ?? '';
    const known = limitsByType.get(type);
    if (known) return known;
    const [information = {}] = await this.list(
      { Action: 'DescribeInstanceTypes', ...asList('InstanceType', [type]) },
      'instanceTypeSet',
    );
    const network = child(information, 'networkInfo');
    const limits = {
      ipv4: Number(text(network, 'ipv4AddressesPerInterface') ?? 1),
      ipv6: Number(text(network, 'ipv6AddressesPerInterface') ?? 0),
    };
    limitsByType.set(type, limits);
    return limits;
  }
}
