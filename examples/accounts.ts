import Anthropic from "@anthropic-ai/sdk";
import { antiphon, formatDollars, MemoryStore, MemoryUsageLedger, ModelCatalog } from "@antiphon/core";

const client = new Anthropic();
const models = new ModelCatalog({ client }); // what the Models API says, over the local table
const ledger = new MemoryUsageLedger(); // a row for each request, also for those that left nothing else
const chat = antiphon({ client, store: new MemoryStore(), models, ledger });

const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, diagnostics: {} });
await conversation.send("What does enumerate do?").result;
const again = await conversation.regenerate(); // paid for as well
await again.result;

const { conversation: all, path } = await conversation.usage();
console.log(`${all.requests} requests for ${formatDollars(all.cost.pricedPicoDollars)} dollars, ${path.requests} of them on this path`);
const { requests } = await ledger.sum({ conversationId: conversation.id });
console.log(`${requests} in the ledger`);
models.stop();
