// Shows on a terminal that the database is being made; elsewhere says nothing.
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const TEXTS = { creating: 'creating the database (once, ~10 s)…', opening: 'opening the database…' };

/** What the embedded database reports while it starts. */
export type Phase = 'creating' | 'opening' | 'ready';

/** Where the progress is drawn. */
export interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Draws the phases on one line of the screen; `stop` clears it. Does nothing unless the screen is a terminal. */
export function createProgress(screen: Screen): { report(phase: Phase): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  function stop(): void {
    if (!timer) return;
    clearInterval(timer);
    timer = undefined;
    screen.write('\r\u001b[K');
  }
  function report(phase: Phase): void {
    stop();
    if (phase === 'ready' || !screen.isTTY) return;
    const text = TEXTS[phase];
    function draw(): void {
      screen.write(`\r ${FRAMES[frame++ % FRAMES.length]} ${text}`);
    }
    draw();
    timer = setInterval(draw, 100).unref();
  }
  return { report, stop };
}
