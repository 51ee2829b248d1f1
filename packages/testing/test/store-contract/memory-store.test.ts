import { MemoryStore } from "@antiphon/core";
import { storeContract } from "@antiphon/testing";

storeContract("MemoryStore", {
  capabilities: { durable: false, shared: false },
  open: async ({ now }) => ({ store: new MemoryStore({ now }) }),
});
