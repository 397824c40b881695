import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { describeEc2Error } from './errors.ts';

const serviceError = (name: string, message = 'no.', httpStatusCode = 400) =>
  new EC2ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });
const operation = 'AssignPrivateIpAddresses of 10.0.0.5 on eni-1';

describe('describeEc2Error', () => {
  it.each([
    [serviceError('RequestLimitExceeded', 'Request limit exceeded.', 503), 'throttled'],
    [serviceError('Throttling'), 'throttled'],
    [serviceError('Whatever', 'slow down', 429), 'throttled'],
    [
      serviceError(
        'InvalidParameterValue',
        '[10.0.0.5] are already assigned to another interface but move is not allowed.',
      ),
      'conflict',
    ],
    [serviceError('InvalidParameterValue', 'Address 10.0.0.5 is in use.'), 'conflict'],
    [serviceError('InvalidParameterValue', 'Address does not fall within the subnet CIDR range.'), 'permanent'],
    [serviceError('PrivateIpAddressLimitExceeded'), 'capacity'],
    [serviceError('InvalidNetworkInterfaceID.NotFound'), 'not-found'],
    [serviceError('UnauthorizedOperation', 'no.', 403), 'unauthorized'],
    [serviceError('InternalError', 'An internal error has occurred', 500), 'transient'],
    [serviceError('SomethingNew', 'no.', 503), 'transient'],
    [Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'unknown'],
    [Object.assign(new Error('timed out'), { name: 'TimeoutError' }), 'unknown'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'transient'],
    [Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' }), 'unauthorized'],
    ['thrown text', 'unknown'],
  ])('%s is %s', (error, errorClass) => {
    expect(describeEc2Error(error, operation, true).class).toBe(errorClass);
  });

  it('a lost answer to a question is transient', () => {
    expect(
      describeEc2Error(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'DescribeSubnets', false)
        .class,
    ).toBe('transient');
  });

  it('says when to come back after throttling', () => {
    expect(describeEc2Error(serviceError('Throttling'), operation, true).retryAfterMilliseconds).toBeGreaterThan(0);
  });

  it('never quotes what was signed', () => {
    const { message } = describeEc2Error(
      serviceError('SignatureDoesNotMatch', 'The canonical string should have been x-amz-security-token:SECRET', 403),
      operation,
      true,
    );
    expect(message).not.toContain('SECRET');
    expect(message).toContain('ec2:AssignPrivateIpAddresses');
  });
});
