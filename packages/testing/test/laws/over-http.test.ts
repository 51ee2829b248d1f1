import { type MessagesServer, type Reply, type ReceivedRequest, startMessagesServer } from "@antiphon/testing/messages-server";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LAWS } from "./laws.ts";
import { anyProgram, runProgram } from "./program.ts";
import { RULES_OFF } from "./scripted-api.ts";
import { requestsOf } from "./trace.ts";
import type { Elsewhere } from "./world.ts";

/** Programs. `ANTIPHON_LAWS_HTTP_RUNS=2000` searches longer. */
const RUNS = Number(process.env.ANTIPHON_LAWS_HTTP_RUNS ?? 60);
/** Replies that are queued ahead, so that the script never runs out while a turn asks. */
const AHEAD = 40;

let server: MessagesServer;
let elsewhere: Elsewhere;

beforeAll(async () => {
  server = await startMessagesServer({ seed: "laws", rulesOff: RULES_OFF, cacheTokensMin: 1 });
  let answer: (request: ReceivedRequest) => Reply = () => "Nobody asked.";
  const dispatch = (request: ReceivedRequest): Reply => {
    server.script(dispatch);
    return answer(request);
  };
  server.script(...Array.from({ length: AHEAD }, () => dispatch));
  elsewhere = { url: server.url, answerWith: (given) => (answer = given) };
});

afterAll(() => server.close());

test(
  "the same programs over HTTP with the SDK's own client: every law holds, and not one request is refused",
  { timeout: 60_000 + RUNS * 500 },
  async () => {
    let requests = 0;
    await fc.assert(
      fc.asyncProperty(anyProgram, async (program) => {
        const trace = await runProgram(program, elsewhere);
        requests += requestsOf(trace).length;
        expect(requestsOf(trace).filter(({ status, spec }) => status === 400 && spec?.is !== "error")).toEqual([]);
        for (const [law, judge] of Object.entries(LAWS)) expect(await judge(trace), law).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(requests).toBeGreaterThan(RUNS);
  },
);
