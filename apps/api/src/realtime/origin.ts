// Which pages may open a socket: an allow-list, or the same host and loopback when none is given.

/** `allowed` null: same host and loopback. No Origin (not a browser) is let through; it still needs a token. */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[] | null,
): boolean {
  if (origin === undefined) return true;
  if (allowed) return allowed.includes(origin);
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host || isLoopback(url.hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
