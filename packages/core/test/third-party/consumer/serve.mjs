// The practice server until standard input ends; its address is the one line that it prints.
// @boundaries-ignore this is no part of core: it runs in a folder where the packages are installed
import { startMessagesServer } from "@antiphon/testing/messages-server";

const server = await startMessagesServer();
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.once("end", () => void server.close());
