// The people and groups a batch speaks of.
import type { ContactRow } from '../db/sql/rows.js';
import type { AliasKey } from './aliases.js';
import type { ContactNews } from './contact-attributes.js';

/** One event naming somebody. The identity step fills in `contact` and `aliasId`; a change about a stranger leaves them null. */
export interface Mention {
  tenantId: string;
  kind: 'person' | 'group';
  keys: AliasKey[];
  /** The chat's address as received. */
  jid: string | null;
  /** Messages and contact news make the contact; a status or an edit does not. */
  creates: boolean;
  news: ContactNews | null;
  /** News that comes with no message locks no ticket: nothing would tell that a memory is out of date. */
  isAlone: boolean;
  /** Where the alias was learned. */
  source: string;
  traceId: string;
  contact: ContactRow | null;
  /** Whether the contact is as this process remembers it. Whoever locks its ticket finds out whether that still holds. */
  isRecalled: boolean;
  /** Whether this batch has made the contact. */
  isNew: boolean;
  aliasId: string | null;
}
