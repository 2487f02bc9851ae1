// Which slot of a job a moment falls in.

/** The start of the slot: the last multiple of `everyMinutes` since the epoch, which is midnight UTC for divisors of a day. */
export function slotOf(everyMinutes: number, now: Date): Date {
  const length = everyMinutes * 60_000;
  return new Date(Math.floor(now.getTime() / length) * length);
}
