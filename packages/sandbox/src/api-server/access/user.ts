/** Who makes a request. */
export interface User {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Who everyone is on a server that asks for no token. */
export const administrator: User = { user: 'sandbox:admin', groups: ['system:masters', 'system:authenticated'] };
