/**
 * What every job store and image store has to keep, as cases that any test runner can run.
 * @module
 */
export type { ContractCase } from './contract-case.ts';
export { jobStoreContract } from './job-store-contract.ts';
export { imageStoreContract } from './image-store-contract.ts';
export { imageRecord, jobRecord } from './records.ts';
