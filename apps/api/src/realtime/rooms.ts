// Which sessions are in which topic, within a tenant and a contract: for ephemeral frames between screens.

/** What is needed of a session to find its rooms. */
export interface RoomMember {
  tenantId: string;
  contractName: string;
}

/** The rooms of this process. Empty rooms are forgotten. */
export class Rooms<Member extends RoomMember> {
  readonly #rooms = new Map<string, Set<Member>>();

  join(member: Member, topic: string): void {
    const key = keyOf(member, topic);
    const room = this.#rooms.get(key);
    if (room) room.add(member);
    else this.#rooms.set(key, new Set([member]));
  }

  leave(member: Member, topic: string): void {
    const key = keyOf(member, topic);
    const room = this.#rooms.get(key);
    room?.delete(member);
    if (room?.size === 0) this.#rooms.delete(key);
  }

  members(of: RoomMember, topic: string): Iterable<Member> {
    return this.#rooms.get(keyOf(of, topic)) ?? [];
  }
}

function keyOf({ contractName, tenantId }: RoomMember, topic: string): string {
  return `${contractName}\n${tenantId}\n${topic}`;
}
