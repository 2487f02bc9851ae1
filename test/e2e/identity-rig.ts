// Hands for the tests of who somebody is: a raw message under any key, and the contacts messages came to.
import { expect } from 'vitest';
import { bootWebhooks, secondsAgo, unique, upsert } from './webhook-rig.js';

export type IdentityRig = Awaited<ReturnType<typeof bootIdentity>>;

/** A raw Baileys message under these key fields. */
export function raw(key: object, { minutes = 5, text = 'oi', pushName = 'Zuleica', id = unique('raw') } = {}) {
  return upsert({
    key: { fromMe: false, id, participant: '', ...key },
    messageTimestamp: secondsAgo(minutes),
    pushName,
    message: { conversation: text },
  });
}

/** A booted service and its contacts, found by the messages they sent. */
export async function bootIdentity() {
  const rig = await bootWebhooks();

  async function contact(id: string): Promise<Record<string, unknown>> {
    return (await rig.agent(`/api/contacts/${id}`)).body as Record<string, unknown>;
  }
  /** The contacts of the messages whose ids were given, each once. */
  async function contactsOf(...ids: string[]): Promise<string[]> {
    const rows = await rig.rows<{ contact_id: string }>(
      `select distinct t.contact_id from messages m join tickets t on t.tenant_id = m.tenant_id and t.id = m.ticket_id
      where m.external_id = any($1::text[])`,
      [ids],
    );
    return rows.map((row) => row.contact_id);
  }
  async function contactOf(externalId: string): Promise<Record<string, unknown>> {
    const [id = '', ...more] = await contactsOf(externalId);
    expect(more).toEqual([]);
    return contact(id);
  }
  return { ...rig, contact, contactsOf, contactOf };
}
