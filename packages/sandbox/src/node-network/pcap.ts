/** One Ethernet frame as it was on the wire. */
export interface Frame {
  /** Milliseconds since the Unix epoch, by the kernel's time stamp. */
  readonly at: number;
  readonly bytes: Buffer;
}

const fileHeaderLength = 24;
const frameHeaderLength = 16;
const nanosecondMagic = 0xa1b23c4d;

/**
 * Takes apart what tcpdump writes with `-w -` (libpcap's classic format, this machine's byte order), piece by piece.
 */
export class PcapReader {
  #rest: Buffer = Buffer.alloc(0);
  #fractionsPerMillisecond: number | undefined;

  /** The frames that are complete with this piece. */
  read(piece: Buffer): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const frames: Frame[] = [];
    if (this.#fractionsPerMillisecond === undefined) {
      if (this.#rest.length < fileHeaderLength) return frames;
      this.#fractionsPerMillisecond = this.#rest.readUInt32LE(0) === nanosecondMagic ? 1_000_000 : 1_000;
      this.#rest = this.#rest.subarray(fileHeaderLength);
    }
    while (this.#rest.length >= frameHeaderLength) {
      const end = frameHeaderLength + this.#rest.readUInt32LE(8);
      if (this.#rest.length < end) break;
      const at = this.#rest.readUInt32LE(0) * 1000 + this.#rest.readUInt32LE(4) / this.#fractionsPerMillisecond;
      frames.push({ at, bytes: this.#rest.subarray(frameHeaderLength, end) });
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}
