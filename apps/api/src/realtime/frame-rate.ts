// How many frames a client may send: a bucket that refills with time.

/** Takes one frame; false when the bucket is empty. `now` in ms. */
export type TakeFrame = (now: number) => boolean;

/** `perSecond` in the long run, `burst` at once. */
export function createFrameRate({ perSecond, burst }: { perSecond: number; burst: number }): TakeFrame {
  let tokens = burst;
  let last: number | null = null;
  return (now) => {
    if (last !== null) tokens = Math.min(burst, tokens + ((now - last) * perSecond) / 1000);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
