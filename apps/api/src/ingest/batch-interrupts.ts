// Why a batch is rolled back and run again: nothing failed, but what it assumed does not hold.

/** Evidence that two contacts are one: they are merged in a transaction of their own, then the batch runs again. */
export class MergeNeeded extends Error {
  constructor(readonly pairs: { tenantId: string; contactIds: [string, string]; evidence: string }[]) {
    super('two names turned out to be one');
  }
}

/** A person met for the first time turned out to have a known name: its mention has it now, and the batch runs again. */
export class NamesJoined extends Error {
  constructor() {
    super('somebody new turned out to be known');
  }
}

/** Remembered aliases are out of date: they are forgotten, then the batch runs again. */
export class StaleMemory extends Error {
  constructor(readonly addresses: string[]) {
    super('remembered aliases are out of date');
  }
}
