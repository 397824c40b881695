import { Ec2Error } from './ec2-error.ts';
import { listParameter, type Ec2Parameters } from './query.ts';

const identifiers = [
  { parameter: 'InstanceId', prefix: 'i', code: 'InvalidInstanceID.Malformed' },
  { parameter: 'NetworkInterfaceId', prefix: 'eni', code: 'InvalidNetworkInterfaceId.Malformed' },
] as const;

/** Throws an Ec2Error for an ID of an instance or interface that is not 8 or 17 hexadecimal digits after its prefix. */
export function checkIdentifiers(parameters: Ec2Parameters): void {
  for (const { parameter, prefix, code } of identifiers) {
    const wellFormed = new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`);
    const bad = [parameters[parameter] ?? [], listParameter(parameters, parameter)]
      .flat()
      .find((id) => !wellFormed.test(id));
    if (bad !== undefined) throw new Ec2Error(code, `Invalid id: "${bad}"`);
  }
}
