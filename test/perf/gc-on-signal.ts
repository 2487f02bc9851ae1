// Loaded before the service where memory is measured: SIGUSR2 collects its garbage (node --expose-gc).
process.on('SIGUSR2', () => {
  globalThis.gc?.();
});
