import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "../measure/child.ts";
import { type Kind, replyBytes } from "./replies.ts";

/** Serves prepared bytes: `POST /<kind>/<deltas>/...` is answered with that reply. Its CPU is its own process's. */
const prepared = new Map<string, Buffer>();

const server = createServer((request, response) => {
  const [, kind, deltas] = (request.url ?? "").split("/");
  const name = `${kind}/${deltas}`;
  const bytes = prepared.get(name) ?? replyBytes(kind as Kind, Number(deltas));
  prepared.set(name, bytes);
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "request-id": "req_011CSHoEeqs5C35K2UUqR7Fy" });
    response.end(bytes);
  });
});

server.listen(0, "127.0.0.1", () => {
  answer(async () => ({ port: (server.address() as AddressInfo).port }));
});
