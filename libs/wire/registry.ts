// Every wire contract, one line each.
import type { WireContract } from './contract.js';
import { recado } from './recado/contract.js';

/** The contracts by name. */
export const CONTRACTS = { recado } as const satisfies Record<string, WireContract>;
export type ContractName = keyof typeof CONTRACTS;
