// What a Socket.IO client brings: its token or ticket, and the cursor it wants to resume from.
import { z } from 'zod';

const HandshakeSchema = z.object({
  auth: z
    .looseObject({ token: z.string().optional().catch(undefined), since: z.unknown() })
    .catch({ since: undefined }),
  query: z.looseObject({ token: z.string().optional().catch(undefined), since: z.unknown() }),
  headers: z.looseObject({ authorization: z.string().optional() }),
});

/** `token` is '' when there is none; `since` undefined when there is none (null and '' count as none). */
export function readHandshake(handshake: unknown): { token: string; since: unknown } {
  const { auth, query, headers } = HandshakeSchema.parse(handshake);
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const since = auth.since ?? query.since;
  return {
    token: auth.token || query.token || bearer || '',
    since: since === null || since === '' ? undefined : since,
  };
}
