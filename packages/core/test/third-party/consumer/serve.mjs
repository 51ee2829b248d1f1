// The practice server until standard input ends; its address is the one line that it prints.
import { startMessagesServer } from "@antiphon/testing/messages-server";

const server = await startMessagesServer();
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.once("end", () => void server.close());
