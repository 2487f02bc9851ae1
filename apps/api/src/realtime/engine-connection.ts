// The Engine.IO connection under a Socket.IO socket: what waits in it, and how it is closed with a code.
import type { Socket } from 'socket.io';
import { CLOSE_CODES, type CloseCode } from './close-codes.js';

export type EngineConnection = Socket['conn'];

interface WebSocketLike {
  bufferedAmount: number;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Where Engine.IO itself puts frames that were encoded beforehand. */
  _sender?: { sendFrame(frames: Buffer[], left?: (error?: Error | null) => void): void };
}
interface WaitingPacket {
  data?: unknown;
  options?: { wsPreEncodedFrame?: Buffer[] };
}

/** The WebSocket when that is the transport now; null while polling. */
export function webSocketOf(connection: EngineConnection): WebSocketLike | null {
  const { transport } = connection;
  if (transport.name !== 'websocket') return null;
  return (transport as unknown as { socket: WebSocketLike }).socket;
}

function waitingPackets(connection: EngineConnection): WaitingPacket[] {
  return (connection as unknown as { writeBuffer: WaitingPacket[] }).writeBuffer;
}

/** Bytes waiting in the connection's line and in the WebSocket under it. */
export function unsentBytes(connection: EngineConnection): number {
  let bytes = webSocketOf(connection)?.bufferedAmount ?? 0;
  for (const { data, options } of waitingPackets(connection)) {
    if (options?.wsPreEncodedFrame) for (const frame of options.wsPreEncodedFrame) bytes += frame.length;
    else if (typeof data === 'string') bytes += data.length;
  }
  return bytes;
}

/**
 * Sends one Socket.IO packet. `frame` is the same packet as WebSocket bytes (or several packets in a row, then only for
 * a WebSocket); polling takes `text`. `left` is called when the transport has handed it on. Where nothing waits in the
 * connection's line a WebSocket is written to directly: the line and its events cost as much again as the write.
 */
export function sendPacket(
  connection: EngineConnection,
  packet: { text: string; frame: Buffer },
  left?: () => void,
): void {
  const sender = connection.readyState === 'open' ? webSocketOf(connection)?._sender : undefined;
  if (sender && waitingPackets(connection).length === 0) {
    sender.sendFrame([packet.frame], left && ((error) => error ?? left()));
    return;
  }
  const options = { compress: false, wsPreEncodedFrame: [packet.frame] };
  connection.send(packet.text, options, left);
}

/**
 * Closes with the code (a WebSocket carries it, polling cannot) once `farewell` has called back, by force after `graceMs`.
 * Closing at once would overtake what still waits in the connection's line.
 */
export function closeConnection(
  connection: EngineConnection,
  { code, graceMs, farewell }: { code: CloseCode; graceMs: number; farewell?: (left: () => void) => void },
): void {
  const force = setTimeout(() => {
    const webSocket = webSocketOf(connection);
    if (webSocket) webSocket.terminate();
    else connection.close(true);
  }, graceMs);
  connection.once('close', () => clearTimeout(force));

  function close(): void {
    const webSocket = webSocketOf(connection);
    if (webSocket) webSocket.close(code, CLOSE_CODES[code].reason);
    else connection.close();
  }
  if (farewell) farewell(close);
  else close();
}
