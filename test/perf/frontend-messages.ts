// Reads what a client sends to PostgreSQL as far as it takes to count its requests.

/** Message types: a simple query, and the end of an extended one. */
const QUERY = 'Q'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const LENGTH_BYTES = 4;

/** One connection's messages; the first one, which has no type, opens it (without encryption). */
export class FrontendMessages {
  #pending: Buffer = Buffer.alloc(0);
  #isOpen = false;

  /** Takes the next bytes; gives the number of requests that became whole with them. */
  take(chunk: Buffer): number {
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let requests = 0;
    for (;;) {
      const typeBytes = this.#isOpen ? 1 : 0;
      if (bytes.length < typeBytes + LENGTH_BYTES) break;
      // The length counts itself and not the type. (The opening message begins with a zero of its length.)
      const end = typeBytes + bytes.readUInt32BE(typeBytes);
      if (bytes.length < end) break;
      if (bytes[0] === QUERY || bytes[0] === SYNC) requests += 1;
      this.#isOpen = true;
      bytes = bytes.subarray(end);
    }
    this.#pending = bytes;
    return requests;
  }
}
