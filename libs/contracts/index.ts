// The public face of the contracts package.
export * from './broker-events.js';
export * from './broker-messages.js';
export * from './canonical.js';
export * from './domain-events.js';
export * from './timestamps.js';
export * from './verdicts.js';
