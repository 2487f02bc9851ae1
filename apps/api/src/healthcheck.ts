// Asks the service on this machine whether it lives: the container's health check. Exit code 0 or 1.
import { parseConfig, readEnvironment } from './config.js';

const { port } = parseConfig(readEnvironment());
try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
