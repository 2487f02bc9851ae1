// What a Socket.IO client brings: its token or ticket, and the cursor it wants to resume from.
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const CarriedSchema = z.looseObject({ token: text, since: z.unknown().optional() }).catch({});
const HandshakeSchema = z.object({
  auth: CarriedSchema,
  query: CarriedSchema,
  headers: z.looseObject({ authorization: text }).catch({}),
});

/** `token` is '' when there is none; `since` undefined when there is none (null and '' count as none). Never throws. */
export function readHandshake(handshake: unknown): { token: string; since: unknown } {
  const parsed = HandshakeSchema.safeParse(handshake);
  if (!parsed.success) return { token: '', since: undefined };
  const { auth, query, headers } = parsed.data;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const since = auth.since ?? query.since;
  return {
    token: auth.token || query.token || bearer || '',
    since: since === null || since === '' ? undefined : since,
  };
}
