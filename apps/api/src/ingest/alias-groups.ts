// Which of the names in a batch belong together: a union of everything that was named in one event or has one owner.

/** Groups strings that were joined, directly or through others. */
export class AliasGroups {
  readonly #parent = new Map<string, string>();

  /** The group's representative; a name never seen is a group of its own. */
  find(name: string): string {
    let root = name;
    for (let parent = this.#parent.get(root); parent !== undefined; parent = this.#parent.get(root)) root = parent;
    for (let at = name; at !== root;) {
      const next = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.find(a), this.find(b)];
    // The smaller name leads, so that the grouping does not depend on the order of joining.
    if (rootA !== rootB) this.#parent.set(rootA < rootB ? rootB : rootA, rootA < rootB ? rootA : rootB);
  }
}
