import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { answer, failure, startTestServer, type TestServer } from '../testing/test-server.ts';
import { AccessReview } from './access-review.ts';

describe('AccessReview', () => {
  const clock = new FakeClock();
  let server: TestServer;
  let isAway = false;
  /** What the API server thinks of tokens: the user of each, and whether that one may read metrics. */
  const users = new Map<string, { readonly username: string; readonly mayGet: boolean }>();
  const errors: unknown[] = [];
  afterEach(async () => {
    isAway = false;
    users.clear();
    errors.length = 0;
    await server.close();
  });

  async function open(): Promise<AccessReview> {
    server = await startTestServer((request, response, body) => {
      if (isAway) return answer(response, 403, failure(403, 'Forbidden'));
      const { spec } = JSON.parse(body) as { readonly spec: { readonly token?: string; readonly user?: string } };
      const user = users.get(spec.token ?? '');
      const status = request.url?.includes('tokenreviews')
        ? user === undefined
          ? { authenticated: false }
          : { authenticated: true, user: { username: user.username, uid: '1', groups: ['g'], extra: { k: ['v'] } } }
        : { allowed: [...users.values()].some(({ username, mayGet }) => username === spec.user && mayGet) };
      answer(response, 201, { status });
    });
    return new AccessReview({
      rest: server.client,
      clock,
      path: '/metrics',
      onError: (error) => errors.push(error),
    });
  }

  it.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b'])('asks for a token instead of %j', async (header) => {
    const review = await open();
    expect(await review.admit(header)).toMatchObject({ allowed: false, status: 401 });
    expect(server.requests).toEqual([]);
  });

  it('lets in who may, and asks as the user that the token stands for', async () => {
    const review = await open();
    users.set('good', { username: 'prometheus', mayGet: true });
    expect(await review.admit('Bearer good')).toEqual({ allowed: true });
    expect(server.requests).toEqual([
      'POST /apis/authentication.k8s.io/v1/tokenreviews',
      'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    ]);
    expect(JSON.parse(server.bodies[1] ?? '')).toMatchObject({
      kind: 'SubjectAccessReview',
      spec: {
        user: 'prometheus',
        uid: '1',
        groups: ['g'],
        extra: { k: ['v'] },
        nonResourceAttributes: { path: '/metrics', verb: 'get' },
      },
    });
  });

  it('says who may not, and why', async () => {
    const review = await open();
    users.set('poor', { username: 'somebody', mayGet: false });
    expect(await review.admit('Bearer wrong')).toMatchObject({ status: 401, text: expect.stringMatching(/expired/) });
    expect(await review.admit('Bearer poor')).toMatchObject({
      status: 403,
      text: expect.stringMatching(/^somebody may not get \/metrics: a ClusterRole/),
    });
  });

  it('asks once a minute about a token that is let in, and every ten seconds about others', async () => {
    const review = await open();
    users.set('good', { username: 'prometheus', mayGet: true });
    await Promise.all([review.admit('Bearer good'), review.admit('Bearer good'), review.admit('Bearer wrong')]);
    expect(server.requests).toHaveLength(3);
    await clock.advance(9_999);
    await Promise.all([review.admit('Bearer good'), review.admit('Bearer wrong')]);
    expect(server.requests).toHaveLength(3);
    await clock.advance(1);
    users.set('wrong', { username: 'late', mayGet: true });
    expect(await review.admit('Bearer wrong')).toEqual({ allowed: true });
    users.delete('good');
    await clock.advance(49_999);
    expect(await review.admit('Bearer good')).toEqual({ allowed: true });
    await clock.advance(1);
    expect(await review.admit('Bearer good')).toMatchObject({ status: 401 });
  });

  it('keeps letting in for five minutes who was let in, while the API server cannot be asked, and nobody else', async () => {
    const review = await open();
    users.set('good', { username: 'prometheus', mayGet: true });
    await review.admit('Bearer good');
    isAway = true;
    await clock.advance(299_999);
    expect(await review.admit('Bearer good')).toEqual({ allowed: true });
    expect(await review.admit('Bearer wrong')).toMatchObject({ status: 503 });
    expect(errors).toHaveLength(1);
    await clock.advance(1);
    expect(await review.admit('Bearer good')).toMatchObject({ status: 503 });
    isAway = false;
    expect(await review.admit('Bearer good')).toEqual({ allowed: true });
  });

  it('reviews ten tokens in a second, however many come, and those that were let in beside them', async () => {
    const review = await open();
    users.set('good', { username: 'prometheus', mayGet: true });
    await review.admit('Bearer good');
    await clock.advance(60_000);
    const flood = await Promise.all(Array.from({ length: 200 }, (_, index) => review.admit(`Bearer token-${index}`)));
    expect(flood.filter((admission) => 'status' in admission && admission.status === 401)).toHaveLength(10);
    expect(flood.filter((admission) => 'status' in admission && admission.status === 429)).toHaveLength(190);
    expect(await review.admit('Bearer good')).toEqual({ allowed: true });
    await clock.advance(1_000);
    expect(await review.admit('Bearer token-199')).toMatchObject({ status: 401 });
  });
});
