import { MemoryStore } from "@antiphon/core";
import { storeContract } from "@antiphon/testing";

// Begin with the reference, which passes, and replace it method by method.
class MyStore extends MemoryStore {}

storeContract("MyStore", {
  capabilities: { durable: false, shared: false },
  open: async ({ now }) => ({ store: new MyStore({ now }) }),
});
