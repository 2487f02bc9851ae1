// The shape every content reader answers with: the body of a message, a change to another message, or nothing to show.
import type { CanonicalMedia, ContactCard, Location, MessageType, Reason } from '@recado/contracts';
import type { JsonObject } from '../json.js';

/** What one content key says. Parts left out are null. */
export interface MessageBody {
  type: MessageType;
  content?: string | null;
  caption?: string | null;
  media?: CanonicalMedia | null;
  location?: Location | null;
  contacts?: ContactCard[] | null;
  /** Flags and ids worth showing, small and safe as JSON. */
  extra?: Record<string, unknown>;
  /** It stands for what could not be read. */
  placeholder?: boolean;
  /** A line that opens no ticket and raises no unread. */
  quiet?: boolean;
}

/** A content that is no bubble of its own. `time` is the broker's spelling of when it happened, if it tells. */
export type Action =
  | { action: 'edit'; targetId: string; content: string | null; caption: string | null; time: unknown }
  | { action: 'revoke'; targetId: string }
  | { action: 'reaction'; targetId: string; emoji: string; time: unknown }
  /** Addresses of whoever this is about, a list a person; with more than `most` of them nobody can say who is who, and with none it is `orElse`. */
  | { action: 'identity'; others: unknown[][]; most: number; orElse: Reason }
  | { action: 'ignore'; reason: Reason };

/** Reads a content inside a content (an edit's new text). */
export type ContentReader = (content: JsonObject) => MessageBody | Action;
export type KindReader = (value: JsonObject, readInner: ContentReader) => MessageBody | Action;

export function ignore(reason: Reason): Action {
  return { action: 'ignore', reason };
}

export function isAction(result: MessageBody | Action): result is Action {
  return 'action' in result;
}
