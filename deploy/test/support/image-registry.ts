import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A registry of images on the loopback interface, without TLS, that gives out one image under every name and tag. */
export interface ImageRegistry {
  /** As it stands in front of an image's name. */
  readonly host: string;
  readonly stop: () => void;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly bytes: Buffer;
}

const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/**
 * Serves the image that a Dockerfile makes which copies folders beside it and sets labels, and does no more (OCI
 * distribution specification).
 */
export async function serveImage(dockerfile: string): Promise<ImageRegistry> {
  const lines = readFileSync(dockerfile, 'utf8').replaceAll('\\\n', ' ');
  const labels = Object.fromEntries(
    [...(/^LABEL (.*)$/m.exec(lines)?.[1] ?? '').matchAll(/(\S+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  ) as Readonly<Record<string, string>>;
  const copied = [...lines.matchAll(/^COPY (\S+) \/\1\/$/gm)].map(([, name = '']) => name);
  const tar = execFileSync('tar', ['-C', dirname(dockerfile), '-c', ...copied], { maxBuffer: 64 * 1024 * 1024 });
  const layer = blobOf(mediaTypes.layer, gzipSync(tar));
  const config = blobOf(mediaTypes.config, {
    ...{ architecture: 'amd64', os: 'linux' },
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  });
  const manifest = blobOf(mediaTypes.manifest, {
    ...{ schemaVersion: 2, mediaType: mediaTypes.manifest },
    ...{ config: described(config), layers: [described(layer)] },
  });
  const server = createServer(({ url = '', method }, response) => {
    const [, kind, reference] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const blob = kind === 'manifests' ? manifest : [manifest, config, layer].find(({ digest }) => digest === reference);
    if (kind === undefined) response.end();
    else if (blob === undefined) response.writeHead(404).end();
    else {
      response.writeHead(200, {
        'content-type': blob.mediaType,
        'content-length': blob.size,
        'docker-content-digest': blob.digest,
      });
      response.end(method === 'HEAD' ? undefined : blob.bytes);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() };
}

function blobOf(mediaType: string, content: object): Blob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

function described({ mediaType, digest, size }: Blob): object {
  return { mediaType, digest, size };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
