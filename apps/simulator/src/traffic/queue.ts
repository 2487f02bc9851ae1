// What is still to be told: items held until their delivery is due, oldest first.
import type { Item } from './item.js';

/** Holds items by the number of the delivery they wait for. */
export class ItemQueue {
  readonly #held = new Map<number, Item[]>();
  readonly #due: Item[] = [];
  #now = 0;

  /** Puts an item off until delivery `slot`. */
  put(slot: number, item: Item): void {
    if (slot <= this.#now) {
      this.#due.push(item);
      return;
    }
    const held = this.#held.get(slot);
    if (held) held.push(item);
    else this.#held.set(slot, [item]);
  }

  /** Moves on to the next delivery. */
  advance(): void {
    this.#now += 1;
    this.#due.push(...(this.#held.get(this.#now) ?? []));
    this.#held.delete(this.#now);
  }

  /** Takes up to `most` due items that one delivery can carry together; none when nothing is due. */
  take(most: number): Item[] {
    const first = this.#due.shift();
    return first ? [first, ...this.takeLike(first, most - 1)] : [];
  }

  /** Takes up to `most` due items that can travel with the one given. */
  takeLike(first: Item, most: number): Item[] {
    const taken: Item[] = [];
    // A short look ahead: the line must not be walked as a whole for every delivery.
    for (let place = 0; place < Math.min(this.#due.length, 200) && taken.length < most;) {
      const item = this.#due[place];
      if (item && item.tenant === first.tenant && item.group === first.group) taken.push(...this.#due.splice(place, 1));
      else place += 1;
    }
    return taken;
  }
}
