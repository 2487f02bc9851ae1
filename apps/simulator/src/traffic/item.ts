// One item of a delivery: what the gateway tells, and what the ledger must remember of it.
import type { Fact } from '../facts.js';
import type { Chat } from './chat.js';

/** Items of one group may share a delivery: they are told by the same Baileys event. */
export type Group = 'upsert' | 'update' | 'receipt' | 'reaction' | 'history';

export interface Item {
  tenant: number;
  chat: Chat | null;
  group: Group;
  /** As plain JSON, its vintage chosen anew each time it is told. */
  raw: unknown;
  fact: Fact;
}
