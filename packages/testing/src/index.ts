export {
  checksFor,
  type CheckContext,
  type ManualClock,
  type OpenedStore,
  runCheck,
  type StoreCapabilities,
  type StoreCheck,
  type StoreSubject,
} from "./store-contract/check.ts";
export { STORE_CHECKS } from "./store-contract/store-checks.ts";
export { storeContract } from "./store-contract/store-contract.ts";
