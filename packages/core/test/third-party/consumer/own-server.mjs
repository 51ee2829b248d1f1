// @boundaries-ignore this is no part of core: it runs in a folder where the packages are installed
import { startMessagesServer } from "@antiphon/testing/messages-server";
import { oneTurn } from "./one-turn.mjs";

const server = await startMessagesServer();
await oneTurn(server.url);
await server.close();
