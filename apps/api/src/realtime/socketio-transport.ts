// A session's transport over a Socket.IO socket: packets built once for all sockets, written under Socket.IO's encoder.
import type { Socket } from 'socket.io';
import { Burst, SocketIoPackets } from './burst.js';
import { CLOSE_CODES, closingFrame } from './close-codes.js';
import { closeConnection, sendPacket, unsentBytes, webSocketOf } from './engine-connection.js';
import type { Transport } from './transport.js';

/**
 * A stock client comes back by itself when its transport closes, and stays away after a DISCONNECT packet: so a code
 * that asks to come back closes the transport, and one that does not sends the packet first.
 */
export function createSocketIoTransport(socket: Socket): Transport {
  const connection = socket.conn;
  const namespace = socket.nsp.name;

  function send(packets: SocketIoPackets, left?: () => void): void {
    if (webSocketOf(connection)) {
      sendPacket(connection, { text: '', frame: packets.joined }, left);
      return;
    }
    const last = packets.texts.length - 1;
    for (const [index, text] of packets.texts.entries()) {
      const frame = packets.frames[index];
      if (frame) sendPacket(connection, { text, frame }, index === last ? left : undefined);
    }
  }

  return {
    write: (burst, left) => send(burst.socketIo(namespace), left),
    unsent: () => unsentBytes(connection),
    close(code, graceMs) {
      const told = new Burst([closingFrame(code)]).socketIo(namespace).texts;
      const disconnect = namespace === '/' ? '1' : `1${namespace},`;
      const packets = new SocketIoPackets(CLOSE_CODES[code].comeBack ? told : [...told, disconnect]);
      closeConnection(connection, { code, graceMs, farewell: (left) => send(packets, left) });
    },
  };
}
