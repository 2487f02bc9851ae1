// Before the first test: the dump that every embedded test database begins with.
import { makeSnapshot } from './snapshot.js';

export async function setup(): Promise<void> {
  await makeSnapshot();
}
