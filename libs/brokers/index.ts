// The public face of the brokers package.
export * from './broker.js';
export * from './registry.js';
