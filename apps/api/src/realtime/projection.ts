// Released entries as a contract shows them, made once for all sessions of that contract.
import type { Projected, WireContract } from '@recado/wire';
import { Burst } from './burst.js';
import type { Release } from './cursor.js';

/** The frames of consecutive entries. */
export class Projection {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly #parts: { seq: number; projected: Projected }[];
  readonly #whole: Burst;
  readonly #audiences: readonly (readonly string[])[];

  /** `releases` must not be empty. */
  constructor(contract: WireContract, releases: readonly Release[]) {
    this.firstSeq = releases[0]?.entry.seq ?? 0;
    this.lastSeq = releases.at(-1)?.entry.seq ?? 0;
    this.#parts = releases.flatMap(({ entry }) =>
      contract.project(entry).map((projected) => ({ seq: entry.seq, projected })),
    );
    this.#whole = new Burst(this.#parts.map(({ projected }) => projected.frame));
    const audiences = new Map(this.#parts.map(({ projected: { topics } }) => [topics.join('\n'), topics]));
    this.#audiences = [...audiences.values()];
  }

  /** What a session in these topics, which has everything up to `after`, is sent. Shared whenever that is everything. */
  burstFor(topics: ReadonlySet<string>, after: number): Burst {
    const isIn = (audience: readonly string[]): boolean => audience.some((topic) => topics.has(topic));
    if (after < this.firstSeq && this.#audiences.every(isIn)) return this.#whole;
    const visible = this.#parts.filter(({ seq, projected }) => seq > after && isIn(projected.topics));
    return new Burst(visible.map(({ projected }) => projected.frame));
  }
}

const made = new WeakMap<readonly Release[], Map<string, Projection>>();

/** The projection of a release, remembered for as long as the release itself is. */
export function projectOnce(contract: WireContract, releases: readonly Release[]): Projection {
  let byContract = made.get(releases);
  if (!byContract) made.set(releases, (byContract = new Map()));
  let projection = byContract.get(contract.name);
  if (!projection) byContract.set(contract.name, (projection = new Projection(contract, releases)));
  return projection;
}
