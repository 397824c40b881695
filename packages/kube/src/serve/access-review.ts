import { createHash } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import { LruMap } from '../events/lru.ts';
import type { RestClient } from '../rest/rest-client.ts';

/** Whether a request may be answered, and what is said to one that may not. */
export type Admission =
  { readonly allowed: true } | { readonly allowed: false; readonly status: number; readonly text: string };

/** Who is let in, and by whom. */
export interface AccessReviewOptions {
  readonly rest: RestClient;
  readonly clock: Clock;
  /** What is asked for, as a rule with `nonResourceURLs` names it, e.g. `/metrics`; the verb is `get`. */
  readonly path: string;
  /** Told when the API server cannot be asked, once for as long as it lasts. */
  readonly onError?: (error: unknown) => void;
}

interface Review {
  readonly admission: Promise<Admission>;
  readonly at: number;
}

const allowed: Admission = { allowed: true };
/** Milliseconds for which an answer stands. */
const yesLasts = 60_000;
const noLasts = 10_000;
/** How long a yes stands when the API server cannot be asked again: metrics are wanted most just then. */
const yesLastsWithoutServer = 300_000;
/** Tokens that are remembered, those that were let in and others apart, so that the others crowd nobody out. */
const remembered = 64;
/** Reviews in a second of tokens that were never let in; more are not begun. */
const reviewsPerSecond = 10;
const deadline = 5_000;

/**
 * Lets in who the API server lets in: a bearer token is reviewed, then its user's right to `get` a path, as
 * controller-runtime does.
 */
export class AccessReview {
  readonly #options: AccessReviewOptions;
  readonly #yes = new LruMap<string, Review>(remembered);
  readonly #others = new LruMap<string, Review>(remembered);
  #second = -Infinity;
  #reviewsInSecond = 0;
  #isFailing = false;

  constructor(options: AccessReviewOptions) {
    this.#options = options;
  }

  /** @param authorization the header of the request */
  async admit(authorization: string | undefined): Promise<Admission> {
    const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return no(401, 'a bearer token is needed: Authorization: Bearer TOKEN');
    // The token itself is not kept.
    const key = createHash('sha256').update(token).digest('base64');
    const now = this.#options.clock.monotonic();
    const known = this.#yes.get(key);
    if (known !== undefined && now - known.at < yesLasts) return known.admission;
    const other = this.#others.get(key);
    if (other !== undefined && now - other.at < noLasts) return other.admission;
    if (known === undefined && this.#isOverBudget(now))
      return no(429, 'too many tokens to review; try again in a second');
    const review = { admission: this.#review(key, token, known, now), at: now };
    this.#others.set(key, review);
    return review.admission;
  }

  async #review(key: string, token: string, known: Review | undefined, now: number): Promise<Admission> {
    try {
      const admission = await this.#ask(token);
      this.#isFailing = false;
      if (admission.allowed) {
        this.#yes.set(key, { admission: Promise.resolve(allowed), at: now });
        this.#others.delete(key);
      } else this.#yes.delete(key);
      return admission;
    } catch (error) {
      if (!this.#isFailing) this.#options.onError?.(error);
      this.#isFailing = true;
      this.#others.delete(key);
      if (known !== undefined && now - known.at < yesLastsWithoutServer) return allowed;
      return no(503, 'the token cannot be reviewed now; the log says why');
    }
  }

  async #ask(token: string): Promise<Admission> {
    const { path } = this.#options;
    const status = await this.#create('authentication.k8s.io', 'TokenReview', { token });
    const user = asObject(status['user']);
    if (status['authenticated'] !== true || typeof user['username'] !== 'string')
      return no(401, 'the API server does not accept this token: it is wrong, has expired, or its owner is gone');
    const { username, uid, groups, extra } = user;
    const nonResourceAttributes = { path, verb: 'get' };
    const spec = { user: username, uid, groups, extra, nonResourceAttributes };
    const { allowed: mayGet } = await this.#create('authorization.k8s.io', 'SubjectAccessReview', spec);
    if (mayGet === true) return allowed;
    return no(
      403,
      `${username} may not get ${path}: a ClusterRole with nonResourceURLs ["${path}"] and verbs ["get"] lets it`,
    );
  }

  /** Has the API server review something; what it says of it. */
  async #create(group: string, kind: string, spec: object): Promise<Readonly<Record<string, unknown>>> {
    const resource = `${kind.toLowerCase()}s`;
    const answer = await this.#options.rest.request('POST', `/apis/${group}/v1/${resource}`, {
      body: { apiVersion: `${group}/v1`, kind, spec },
      label: { verb: 'create', resource },
      deadline,
      immediate: true,
    });
    return asObject(asObject(answer)['status']);
  }

  #isOverBudget(now: number): boolean {
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#reviewsInSecond = 0;
    }
    this.#reviewsInSecond += 1;
    return this.#reviewsInSecond > reviewsPerSecond;
  }
}

const no = (status: number, text: string): Admission => ({ allowed: false, status, text: `${text}\n` });

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
