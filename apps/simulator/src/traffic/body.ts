// What a message of the traffic is before it is put into a key: the Baileys content, and what a screen must show of it.
import type { Content } from '../content.js';
import type { Random } from '../random.js';
import type { Direction } from '../facts.js';

/** A content as Baileys has it (bytes, int64 and enums unwritten), and the same as it must be shown. */
export interface Body {
  message: Record<string, unknown>;
  shown: Content;
  /** Set where the sender can edit it: the same message with another text. */
  edited?: (text: string) => { message: Record<string, unknown>; shown: Content };
}

/** What a kind is made from. */
export interface Making {
  random: Random;
  direction: Direction;
  /** Different for every message. */
  n: number;
  /** A text that belongs to it. */
  text: string;
  quoted: { id: string; text: string; author: string } | null;
}

export type Maker = (making: Making) => Body;
