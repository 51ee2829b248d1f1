import Anthropic from "@anthropic-ai/sdk";
import { antiphon } from "@antiphon/core";
// @boundaries-ignore this is no part of core: it runs in a folder where the packages are installed
import { SqliteStore } from "@antiphon/store-sqlite";
import { check, oneTurn } from "./one-turn.mjs";

const [url, file] = process.argv.slice(2);
const store = await SqliteStore.open(file);
const id = await oneTurn(url, store);
await store.close();

const reopened = await SqliteStore.open(file);
const { entries } = await antiphon({ client: new Anthropic({ apiKey: "practice", baseURL: url }), store: reopened }).open(id);
check(entries.length === 3, `the file has ${entries.length} entries`);
await reopened.close();
