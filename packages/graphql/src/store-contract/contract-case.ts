/**
 * One promise that a store keeps.
 *
 * @example
 * for (const { promise, check } of jobStoreContract) test(promise, () => check(openMyStore));
 */
export interface ContractCase<Store> {
  readonly promise: string;
  /**
   * Rejects when the promise is broken.
   * @param open - opens an empty store; a second call opens the same store again, as after a restart.
   */
  readonly check: (open: () => Store) => Promise<void>;
}
