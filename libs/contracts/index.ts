// The public face of the contracts package.
export * from './canonical.js';
export * from './domain-events.js';
export * from './verdicts.js';
