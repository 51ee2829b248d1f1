import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { lines, openPlace } from "./place.ts";

const PAGE = "<!DOCTYPE html><html><body><p>Log in first</p></body></html>";
const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream" };

/** What an address that is not the API's may answer. */
const ANSWERS: Readonly<Record<string, RequestListener>> = {
  "a page": (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE),
  "an empty object": (_, response) => response.writeHead(200, JSON_TYPE).end("{}"),
  nothing: (_, response) => response.writeHead(200).end(),
  "no events in a stream of events": (_, response) => response.writeHead(200, EVENTS).end(),
  "noise in a stream of events": (_, response) => response.writeHead(200, EVENTS).end("\u0000\u0001 what?\n\nevent: x\ndata: {}\n\n"),
  noise: (_, response) => response.writeHead(200, JSON_TYPE).end("\u0000\u0001}{"),
  "404 and a page": (_, response) => response.writeHead(404, { "content-type": "text/html" }).end(PAGE),
  "405 and nothing": (_, response) => response.writeHead(405).end(),
  "a way to a page": ({ url }, response) =>
    url === "/login"
      ? response.writeHead(200, { "content-type": "text/html" }).end(PAGE)
      : response.writeHead(302, { location: "/login" }).end(),
  "a way in a circle": (_, response) => response.writeHead(302, { location: "/again" }).end(),
};

for (const [what, answer] of Object.entries(ANSWERS)) {
  test(`an address that answers with ${what} is named in one line`, async () => {
    await using place = await openPlace();
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await place.run(["Hi"], { env: { ANTHROPIC_BASE_URL: address } });
    server.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const said = lines(stderr).filter((line) => !line.endsWith("asking again."));
    expect(said).toEqual([
      expect.stringMatching(
        new RegExp(
          `^antiphon: What answers at ${address} does not speak the Messages API.* Check ANTHROPIC_BASE_URL\\. Your message is kept`,
        ),
      ),
    ]);
    expect(lines(stderr).length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/[<>{}]|interrupted|ended-early|bad-stream|SyntaxError/);
  });
}

test("https where only http is spoken is one plain line", async () => {
  await using place = await openPlace();
  const address = place.server.url.replace("http:", "https:");
  const { code, stderr } = await place.run(["Hi"], { env: { ANTHROPIC_BASE_URL: address } });
  expect(code).toBe(1);
  expect(lines(stderr)).toEqual([
    expect.stringMatching(
      new RegExp(`^antiphon: No secure connection to ${address}: what answers there does not speak TLS \\(http, not https\\?\\)\\. Check`),
    ),
  ]);
});
