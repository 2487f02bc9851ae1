// One reading of every spelling of an instant that brokers use. Pure: it knows no clock.

/** Before WhatsApp there were no messages: anything earlier is nonsense. */
const EARLIEST_MS = Date.UTC(2009, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const TWO_TO_32 = 0x1_0000_0000;
/** A float of seconds or nanoseconds may fall a hair below its millisecond; half a microsecond mends that. */
const FLOAT_SLACK_MS = 0.0005;

const NUMERIC = /^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?$/i;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(?:(Z)|([+-])(\d{2}):?(\d{2})?)?)?$/i;

/**
 * Any broker's spelling of an instant as canonical ISO UTC with milliseconds, or null when it makes no sense.
 * Reads ISO with an offset, without (UTC) and date-only; epoch seconds, ms, µs and ns by magnitude, as number, bigint,
 * float, numeric string or Long object; Date. Finer than a millisecond is cut off, never rounded up.
 */
export function normaliseTimestamp(raw: unknown): string | null {
  if (raw === undefined || raw === null) return null;
  if (isCanonical(raw)) return raw;
  const ms = millisOf(raw);
  if (ms === null || !(ms >= EARLIEST_MS && ms <= LATEST_MS)) return null;
  return new Date(ms).toISOString();
}

/** The spelling nearly everybody sends is the answer itself; a day that does not exist comes back as another one. */
function isCanonical(raw: unknown): raw is string {
  if (typeof raw !== 'string' || raw.length !== 24 || !raw.endsWith('Z')) return false;
  const ms = Date.parse(raw);
  return ms >= EARLIEST_MS && ms <= LATEST_MS && new Date(ms).toISOString() === raw;
}

/** The number a protobuf Long `{low, high, unsigned}` stands for, or null when it is none. Exact up to 2^53. */
export function numberOfLong(raw: unknown): number | null {
  if (typeof raw !== 'object' || raw === null || !('low' in raw) || !('high' in raw)) return null;
  const { low, high } = raw;
  if (typeof low !== 'number' || typeof high !== 'number') return null;
  const isUnsigned = 'unsigned' in raw && raw.unsigned === true;
  return (isUnsigned ? high >>> 0 : high | 0) * TWO_TO_32 + (low >>> 0);
}

function millisOf(raw: unknown): number | null {
  if (typeof raw === 'number' || typeof raw === 'bigint') return millisOfEpoch(Number(raw));
  if (typeof raw === 'string') return millisOfText(raw.trim());
  if (raw instanceof Date) return raw.getTime();
  const long = numberOfLong(raw);
  return long === null ? null : millisOfEpoch(long);
}

/** The unit is told by the magnitude: each range is years apart from its neighbours. */
function millisOfEpoch(value: number): number | null {
  if (!(value > 0)) return null;
  return Math.floor(value * millisPerUnit(value) + FLOAT_SLACK_MS);
}

function millisPerUnit(value: number): number {
  if (value < 1e11) return 1e3;
  if (value < 1e14) return 1;
  if (value < 1e17) return 1e-3;
  return 1e-6;
}

function millisOfText(text: string): number | null {
  // Longer than any spelling we know: not worth a regular expression.
  if (text.length === 0 || text.length > 64) return null;
  if (text.charAt(4) !== '-' && NUMERIC.test(text)) return millisOfEpoch(Number(text));
  const found = ISO.exec(text);
  return found === null ? null : millisOfIso(found);
}

function millisOfIso(found: RegExpExecArray): number | null {
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((at) => Number(found[at] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const millis = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, millis);
  const isRealDay = new Date(local).getUTCDate() === day && new Date(local).getUTCMonth() === month - 1;
  if (!isRealDay) return null;
  return local - offsetMillis(found);
}

function offsetMillis(found: RegExpExecArray): number {
  const sign = found[9] === '-' ? -1 : 1;
  return sign * (Number(found[10] ?? 0) * 60 + Number(found[11] ?? 0)) * 60_000;
}
