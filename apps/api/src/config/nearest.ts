// The known name that a misspelled one was probably meant to be.

/** The nearest of `names` by edit distance, or null when none is near (at most a third of the letters differ). */
export function nearestName(name: string, names: readonly string[]): string | null {
  let nearest: string | null = null;
  let best = Math.floor(name.length / 3) + 1;
  for (const candidate of names) {
    const distance = editDistance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
