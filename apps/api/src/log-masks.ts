// What must never be read in a log, as one pass over a line: telephone numbers, CPF, message ids, jids, tokens, keys.

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z@]|%40)';
const TRACE_ID = '(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z@]|%40)';
// Not inside of an escape (\n, \u0001): half of one would not be JSON.
const OUTSIDE_ESCAPE = '(?<!\\\\|\\\\u[0-9a-f]{0,3})';
const JID =
  OUTSIDE_ESCAPE +
  '[0-9A-Za-z._:+-]+(?:@|%40)(?:s\\.whatsapp\\.net|c\\.us|g\\.us|hosted\\.lid|hosted|lid|newsletter|broadcast|bot|call)';
const WAMID = 'wamid[0-9A-Za-z.+/=_%-]*';
const JWT = 'eyJ[0-9A-Za-z_-]{6,}\\.[0-9A-Za-z_-]*(?:\\.[0-9A-Za-z_-]*)?';
const CPF = '\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}|\\d{2}\\.\\d{3}\\.\\d{3}/\\d{4}-\\d{2}';
const SPACED_PHONE =
  '\\+\\d(?:[ ().-]{0,2}\\d){7,14}|\\(\\d{2,3}\\) ?9?[ .-]?\\d{4}[ .-]?\\d{4}|(?<![0-9A-Fa-f-])(?:55[ .-]?)?\\d{2}[ .-]9?\\d{4}[ .-]\\d{4}(?![0-9A-Fa-f-])|(?<![0-9A-Fa-f-])9\\d{4}-\\d{4}(?![0-9A-Fa-f-])';
const DIGITS = `${OUTSIDE_ESCAPE}\\d{10,}`;

// What is left alone comes first, so that the digits inside of an id or a trace id are not taken for a telephone number.
const PERSONAL = new RegExp(
  `(?<keep>${UUID}|${TRACE_ID})|(?<jid>${JID})|(?<wamid>${WAMID})|(?<token>${JWT})|(?<document>${CPF})|(?<phone>${SPACED_PHONE})|(?<number>${DIGITS})`,
  'gi',
);

const BEARER = /\b(bearer|basic)(\s+|%20)[^\s"'\\,]+/gi;
const SECRET_NAMES =
  'authorization|x-authorization|proxy-authorization|cookie|set-cookie|x-api-key|api[_-]?key|(?:access|refresh|id|verify|jwt|auth)?[_-]?token|jwt[_-]?key|jwt|ticket|secret|hmac[_-]?secrets?|client[_-]?secret|password|media[_-]?key|encryption[_-]?key|x-(?:hub|webhook)?-?signature(?:-sha256|-256)?';
const QUERY_SECRET = new RegExp(`([?&;\\s](?:${SECRET_NAMES}|hub\\.verify_token)=)[^&\\s"'\\\\]+`, 'gi');
// A JSON member, as itself or quoted inside of a string (\"apikey\":\"…\"), or a header written as text.
const NAMED_SECRET = new RegExp(
  `(\\\\*["']?\\b(?:${SECRET_NAMES})\\b\\\\*["']?\\s*:\\s*)(?:(\\\\*")(?:(?!\\2)[^\\n])*?\\2|\\[[^\\]]*\\]|[^\\s"\\\\,}\\]]+)`,
  'gi',
);

/** Masks one line of JSON or text. What is masked inside of JSON stays valid JSON. */
export function maskText(text: string): string {
  return text
    .replace(BEARER, '$1$2[secret]')
    .replace(NAMED_SECRET, (_, name: string, quote: string | undefined) =>
      quote ? `${name}${quote}[secret]${quote}` : `${name}${/["']\s*:\s*$/.test(name) ? 'null' : '[secret]'}`,
    )
    .replace(QUERY_SECRET, '$1[secret]')
    .replace(PERSONAL, maskMatch);
}

function maskMatch(match: string, ...rest: unknown[]): string {
  const groups = rest.at(-1) as Record<string, string | undefined>;
  if (groups.keep !== undefined) return match;
  if (groups.number === undefined) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    return `[${kind}]`;
  }
  const text = rest.at(-2) as string;
  const offset = rest.at(-3) as number;
  const bare = /[:,[]/.test(text[offset - 1] ?? '') && /[,}\].]/.test(text[offset + match.length] ?? '');
  return bare ? '0' : '[number]';
}
