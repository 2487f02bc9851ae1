// A memory of aliases seen committed. It may only skip the identity step; it never gives a verdict (DESIGN 4.4).
import type { ContactRow } from '../db/sql/rows.js';

/** An alias with its contact as last seen committed. */
export interface KnownAlias {
  aliasId: string;
  contact: ContactRow;
}

const CAPACITY = 200_000;

/** Bounded memory from alias addresses to contacts. The oldest entries fall out. */
export class KnownAliases {
  readonly #aliases = new Map<string, KnownAlias>();

  get(address: string): KnownAlias | undefined {
    return this.#aliases.get(address);
  }

  remember(address: string, known: KnownAlias): void {
    this.#aliases.delete(address);
    this.#aliases.set(address, known);
    if (this.#aliases.size <= CAPACITY) return;
    for (const oldest of this.#aliases.keys()) {
      this.#aliases.delete(oldest);
      break;
    }
  }

  forget(address: string): void {
    this.#aliases.delete(address);
  }
}

/** The alias as one string. */
export function addressOf(tenantId: string, key: { kind: string; scope: string; key: string }): string {
  return `${tenantId}\u0000${key.kind}\u0000${key.scope}\u0000${key.key}`;
}
