// How far a run is: one line that renews itself on a terminal, a line every few seconds elsewhere.
import { createLatencies } from './latencies.js';
import type { Sent } from './sender.js';

/** Where progress is shown. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** The progress of one load. */
export interface Progress {
  note(sent: Sent): void;
  /** Shows the last state and stops; once. */
  stop(): void;
}

const TERMINAL_MS = 200;
const LINE_MS = 5_000;

/** Starts showing. `heard` counts the events that the sockets have told. */
export function startProgress(of: { screen: Screen; total: number; heard: () => number }): Progress {
  const { screen, total, heard } = of;
  const counts = { acked: 0, refused: 0, unknown: 0, attempts: 0 };
  const latencies = createLatencies();
  const from = performance.now();
  const isTerminal = screen.isTTY === true;
  let isStopped = false;

  function line(): string {
    const done = counts.acked + counts.refused + counts.unknown;
    const seconds = (performance.now() - from) / 1_000;
    const parts = [
      `${done}/${total} sent`,
      `${counts.acked} acked`,
      ...(counts.refused > 0 ? [`${counts.refused} refused`] : []),
      ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
      ...(counts.attempts > done ? [`${counts.attempts - done} retries`] : []),
      `${Math.round(done / Math.max(seconds, 0.001))}/s`,
      `p50 ${Math.round(latencies.at(0.5))} ms, p99 ${Math.round(latencies.at(0.99))} ms`,
      `${heard()} socket events`,
    ];
    return parts.join(' · ');
  }
  function show(): void {
    if (isTerminal) screen.write(`\r\u001b[K${line().slice(0, (screen.columns ?? 120) - 1)}`);
    else screen.write(`${line()}\n`);
  }
  const timer = setInterval(show, isTerminal ? TERMINAL_MS : LINE_MS);
  return {
    note(sent) {
      counts[sent.outcome] += 1;
      counts.attempts += sent.attempts;
      latencies.add(sent.ms);
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      show();
      if (isTerminal) screen.write('\n');
    },
  };
}
