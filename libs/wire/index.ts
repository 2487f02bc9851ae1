// The public face of the wire package.
export * from './contract.js';
export * from './registry.js';
export * from './transcript.js';
export { recado, tenantTopic, ticketTopic, userTopic } from './recado/contract.js';
