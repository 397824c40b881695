import { request } from 'node:http';
import { isRecord } from '../api-object.ts';

/** One line of a watch. */
export interface WatchLine {
  readonly type: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly object: Readonly<Record<string, unknown>>;
}

/** A watch a test has open. */
export interface TestWatch {
  /** The next line; undefined when the stream has ended. */
  next(): Promise<WatchLine | undefined>;
  close(): void;
}

/** Opens a watch; resolves when the server has answered. */
export function openWatch(url: string): Promise<TestWatch> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, (response) => {
      const lines = readLines(response);
      resolve({
        async next() {
          const { value, done } = await lines.next();
          return done ? undefined : value;
        },
        close: () => response.destroy(),
      });
    });
    outgoing.on('error', reject).end();
  });
}

async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<WatchLine, undefined> {
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield parseLine(line);
    }
  } catch {
    // The server, or the test, has cut the connection: the stream has ended.
  }
  return undefined;
}

function parseLine(line: string): WatchLine {
  const parsed: unknown = JSON.parse(line);
  const { type, object } = isRecord(parsed) ? parsed : {};
  const record = isRecord(object) ? object : {};
  const metadata = isRecord(record['metadata']) ? record['metadata'] : {};
  const { name = '', resourceVersion = '' } = metadata;
  return { type: String(type), name: String(name), resourceVersion: String(resourceVersion), object: record };
}
