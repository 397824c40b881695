import { fromIni } from '@aws-sdk/credential-providers';
import { CredentialsProviderError, externalDataInterceptor } from '@smithy/core/config';

/** The decoded keys of the credentials secret. */
export type CredentialsSecret = Readonly<Record<string, string>>;

type SecretCredentials = ReturnType<typeof fromIni>;

/** The name under which the SDK's loader finds the secret's file; it is never a file on disk. */
const fileName = 'secret of egressip-ipam';

/**
 * Credentials from the secret that OpenShift's cloud credential operator fills for a
 * CredentialsRequest: `credentials` is a shared configuration file, the only key in STS
 * mode (`role_arn` and `web_identity_token_file`), and goes first, as in OpenShift's
 * cloud-network-config-controller; else `aws_access_key_id` and `aws_secret_access_key`.
 * A secret that is there and cannot be used is an error: nothing else takes its place silently.
 */
export function fromSecret(secret: CredentialsSecret): SecretCredentials {
  const accessKeyId = secret['aws_access_key_id']?.trim() ?? '';
  const secretAccessKey = secret['aws_secret_access_key']?.trim() ?? '';
  const file = secret['credentials'] ?? '';
  if (file.trim() !== '') return fromText(file);
  return async () => {
    if (accessKeyId === '' || secretAccessKey === '') {
      throw new CredentialsProviderError(
        'the credentials secret has neither "credentials" nor both "aws_access_key_id" and "aws_secret_access_key"',
        { tryNextLink: false },
      );
    }
    return { accessKeyId, secretAccessKey };
  };
}

function fromText(file: string): SecretCredentials {
  const read = fromIni({ profile: 'default', filepath: fileName, configFilepath: fileName });
  return async (properties) => {
    externalDataInterceptor.interceptFile(fileName, file);
    // The loader takes the text within this call, so that it need not stay there.
    const reading = read(properties);
    delete externalDataInterceptor.getFileRecord()[fileName];
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof CredentialsProviderError)) throw error;
      // Not the loader's own text: it would send people to a file of ~/.aws.
      throw new CredentialsProviderError(
        'key "credentials" of the credentials secret gives no credentials; it needs a section [default] with keys, or with role_arn and web_identity_token_file',
        {
          tryNextLink: false,
        },
      );
    }
  };
}
