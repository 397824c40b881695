/** An error as EC2 answers it. */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error';
  /** Such as `InvalidParameterValue`. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;

  constructor(code: string, message: string, status: number = statusOf(code)) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const statuses: Readonly<Record<string, number>> = {
  UnauthorizedOperation: 403,
  AuthFailure: 401,
  InternalError: 500,
  InternalFailure: 500,
  RequestLimitExceeded: 503,
  Unavailable: 503,
  ServiceUnavailable: 503,
};

/** The status that EC2 answers with a code (EC2 API Reference, "Error codes"). */
function statusOf(code: string): number {
  return statuses[code] ?? 400;
}
