import {
  createCredentialChain,
  fromContainerMetadata,
  fromEnv,
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import { fromSecret, type CredentialsSecret } from './secret-credentials.ts';

/** Finds credentials when the SDK asks for them. */
export type CredentialSource = ReturnType<typeof createCredentialChain>;

/**
 * The SDK's default chain with the secret before its last link: environment, shared
 * configuration (SSO and processes included), web identity (IRSA), container (EKS Pod
 * Identity, ECS), **secret**, instance role. The instance role comes last because every
 * node of OpenShift has one, without the rights that the CredentialsRequest's secret
 * grants: before the secret it would always be found, and always be refused.
 */
export function createCredentials(
  secret: CredentialsSecret | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): CredentialSource {
  const inContainer =
    environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] !== undefined ||
    environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'] !== undefined;
  const hasMetadata = (environment['AWS_EC2_METADATA_DISABLED'] ?? 'false').toLowerCase() === 'false';
  return createCredentialChain(
    // As in the SDK's chain, a profile that is asked for by name goes before keys in the environment.
    ...(environment['AWS_PROFILE'] === undefined ? [fromEnv()] : []),
    fromIni(),
    fromTokenFile(),
    ...(inContainer ? [fromHttp(), fromContainerMetadata()] : []),
    ...(secret === undefined ? [] : [fromSecret(secret)]),
    ...(hasMetadata ? [fromInstanceMetadata()] : []),
  );
}
