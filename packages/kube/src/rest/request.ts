/** A value of a query parameter; undefined leaves it out. */
export type QueryValue = string | number | boolean | undefined;

/** HTTP methods that the Kubernetes API knows. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How a request is made. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Content type of the body; by default `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /**
   * Milliseconds that the request may take in all, retries included, from when it has a place among those in flight.
   */
  readonly deadline?: number;
  /**
   * Does not wait for a place among the requests in flight. For the few that must never queue, such as a lease's
   * renewal.
   */
  readonly immediate?: boolean;
  /**
   * The most that is read of the answer, in bytes; more is a TransportError of the kind `too-large`. By default the
   * client's.
   */
  readonly maxAnswerBytes?: number;
  /** Told of the size of the answer's body, in bytes. */
  readonly onBody?: (bytes: number) => void;
  /** What metrics call this request; by default the method in lower case and an empty resource. */
  readonly label?: RequestLabel;
}

/** A request's name in metrics. */
export interface RequestLabel {
  /** Kubernetes verb: get, list, watch, create, update, patch, delete. */
  readonly verb: string;
  /** Plural name, with the subresource after a slash. */
  readonly resource: string;
}

/** What a metrics hook is told of each HTTP exchange, retries included. */
export interface RequestObservation extends RequestLabel {
  /** HTTP status, or the kind of transport error, or `fenced`. */
  readonly status: number | string;
  /** Until the end of the answer; for a watch until its head. */
  readonly milliseconds: number;
}
