import { antiphon, type Outcome, type OutcomeType, type Settings } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { gate, type Reply, toolUse } from "@antiphon/testing/messages-server";
import { expect, test, vi } from "vitest";
import { AFTER_FIRST_DELTA, FIRST_DELTA, lines, openPlace, type Place, SECOND_DELTA } from "./place.ts";

// Each ending takes two programs, some of them many requests.
vi.setConfig({ testTimeout: 40_000 });

const TEXT = FIRST_DELTA + SECOND_DELTA;
const thinking = { content: [{ type: "thinking", thinking: "One two three four five six seven." }], cutAtTokens: 3 };
const call = { content: [toolUse("weather", { of: "a place with a long name, so that it is cut" })], cutAtTokens: 6 };
const found = (id: string) => ({ type: "web_search_tool_result", tool_use_id: id, content: [] });
const search = (id: string) => ({ type: "server_tool_use", id, name: "web_search", input: { query: "noon" } });
const error = (status: number, message = "no luck"): Reply => ({ error: { status, message }, headers: { "x-should-retry": "false" } });
const fault = (kind: "cut" | "end" | "error-event"): Reply => ({
  content: TEXT,
  faults: [{ kind, at: { afterEvents: 4 } }],
});
const many = (count: number, reply: (at: number) => Reply) => Array.from({ length: count }, (_, at) => reply(at));
const TOOLS: Settings["tools"] = [
  { type: "web_search_20250305", name: "web_search" },
  { name: "elsewhere", input_schema: { type: "object" } },
];

interface Ending {
  readonly script: readonly Reply[];
  readonly outcome: Partial<Outcome> & { readonly type: OutcomeType };
  /** What the one line on stderr says; none where the model said all it wanted to say. */
  readonly line?: RegExp;
  readonly code: number;
  readonly args?: readonly string[];
  /** The conversation was begun by another program, with these settings. */
  readonly settings?: Partial<Settings>;
  readonly env?: Readonly<Record<string, string>>;
}

const GO_ON = /(?:go on|Go on): antiphon -r [0-9a-f]{8} "go on"$/;
const brokeOff = (what: string) =>
  new RegExp(`^antiphon: The reply broke off${what}.*What had come is kept in conversation [0-9a-f]{8}; ${GO_ON.source}`);

/** A silent stream is told after two minutes: here they pass as soon as somebody waits for them. */
const HURRIED = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    const [wait, now] = [globalThis.setTimeout, Date.now];
    let passed = 0;
    Date.now = () => now() + passed;
    globalThis.setTimeout = (run, ms, ...rest) => (ms === 120000 ? wait(() => ((passed += ms), run()), 200) : wait(run, ms, ...rest));`)}`,
};

const ENDINGS: Readonly<Record<string, Ending>> = {
  completed: { script: ["Forty-two."], outcome: { type: "completed", empty: false }, code: 0 },
  empty: { script: [{ content: [] }], outcome: { type: "completed", empty: true }, line: /The reply is empty/, code: 0 },
  malformed: {
    script: ["Forty-two."],
    settings: { output_config: { format: { type: "json_schema", schema: { type: "object", additionalProperties: false } } } },
    outcome: { type: "malformed" },
    line: /whole, but not in the form that the conversation asks for/,
    code: 0,
  },
  stopped: {
    script: [{ content: "One", stop_reason: "stop_sequence", stop_sequence: "END" }],
    outcome: { type: "stopped", sequence: "END" },
    line: /ended at the stop sequence "END"/,
    code: 0,
  },
  "truncated in text": {
    script: many(4, () => ({ content: "More. ", stop_reason: "max_tokens" })),
    args: ["--max-tokens", "50"],
    outcome: { type: "truncated", inside: "text" },
    line: new RegExp(`cut off at 50 tokens, after 3 continuations\\. What came is kept\\. Give more with --max-tokens, or ${GO_ON.source}`),
    code: 0,
  },
  "truncated in thinking": {
    script: many(4, () => thinking),
    outcome: { type: "truncated", inside: "thinking" },
    line: /while the model was still thinking/,
    code: 0,
  },
  "truncated in a tool call": {
    script: many(4, () => call),
    outcome: { type: "truncated", inside: "tool-call" },
    line: /inside a tool call/,
    code: 0,
  },
  "truncated in something else": {
    script: many(4, (at) => ({ content: [search(`srvtoolu_${at}`), found(`srvtoolu_${at}`)], stop_reason: "max_tokens" })),
    settings: { tools: TOOLS },
    outcome: { type: "truncated", inside: "other" },
    line: /inside a part that is not text/,
    code: 0,
  },
  refused: {
    script: [{ content: "", stop_reason: "refusal", stop_details: { type: "refusal", category: "cyber", explanation: "Not this." } }],
    outcome: { type: "refused", category: "cyber", explanation: "Not this." },
    line: /The model refused \(cyber\): Not this\. The refused exchange is kept but not sent again\. Ask in other words\.$/,
    code: 0,
  },
  "context-full in the reply": {
    script: [{ content: "Half.", stop_reason: "model_context_window_exceeded" }],
    outcome: { type: "context-full" },
    line: /fills the model's context window\. What came is kept/,
    code: 1,
  },
  "context-full in the prompt": {
    script: [error(400, "prompt is too long: 201000 tokens > 200000 maximum")],
    outcome: { type: "context-full" },
    line: /too long for the model and is not sent again; it is kept/,
    code: 1,
  },
  waiting: {
    script: [{ content: [toolUse("elsewhere", {}, "toolu_1")] }],
    settings: { tools: TOOLS },
    outcome: { type: "waiting", toolUseIds: ["toolu_1"] },
    line: new RegExp(`cannot run \\(toolu_1\\)\\. They are answered as not run when you ${GO_ON.source}`),
    code: 1,
  },
  "limit of rounds": {
    script: many(26, (at) => ({ content: [toolUse("weather", {}, `toolu_${at}`)] })),
    outcome: { type: "limit", limit: "rounds", value: 25 },
    line: new RegExp(`stopped after 25 rounds of tool calls\\. What came is kept\\. ${GO_ON.source}`),
    code: 1,
  },
  "limit of pauses": {
    script: many(11, (at) => ({
      content: [...(at > 0 ? [found(`srvtoolu_${at - 1}`)] : []), search(`srvtoolu_${at}`)],
      stop_reason: "pause_turn",
    })),
    settings: { tools: TOOLS },
    outcome: { type: "limit", limit: "resumes", value: 10 },
    line: new RegExp(`stopped after 10 pauses in a row\\. What came is kept\\. ${GO_ON.source}`),
    code: 1,
  },
  unknown: {
    script: [{ content: "Half.", stop_reason: "solar_flare" }],
    outcome: { type: "unknown", stopReason: "solar_flare" },
    line: new RegExp(`does not know \\("solar_flare"\\), so it may not be whole\\. What came is kept\\. ${GO_ON.source}`),
    code: 1,
  },
  "interrupted by the connection": {
    script: [fault("cut")],
    outcome: { type: "interrupted", reason: "connection" },
    line: brokeOff(": the connection was lost"),
    code: 1,
  },
  "interrupted by an early end": {
    script: [fault("end")],
    outcome: { type: "interrupted", reason: "ended-early" },
    line: brokeOff(" before its end"),
    code: 1,
  },
  "interrupted by the server": {
    script: [fault("error-event")],
    outcome: { type: "interrupted", reason: "server-error" },
    line: brokeOff(": the API failed: Overloaded"),
    code: 1,
  },
  "interrupted by a bad stream": {
    script: [{ content: TEXT, faults: [{ kind: "restart", at: { afterEvents: 4 } }] }],
    outcome: { type: "interrupted", reason: "bad-stream" },
    line: brokeOff(": what came next is not in the form of the Messages API"),
    code: 1,
  },
  "interrupted by silence": {
    script: [{ content: TEXT, faults: [{ kind: "silence", at: { afterEvents: 4 } }] }],
    outcome: { type: "interrupted", reason: "silence" },
    line: brokeOff(": nothing came for too long"),
    env: HURRIED,
    code: 1,
  },
  "failed with 400": {
    script: [error(400)],
    outcome: { type: "failed" },
    line: /refused the request \(400 invalid_request_error\): no luck\. Your message is kept/,
    code: 1,
  },
  "failed with 401": {
    script: [error(401)],
    outcome: { type: "failed" },
    line: /does not take the key: no luck\. Check ANTHROPIC_API_KEY/,
    code: 4,
  },
  "failed with 403": { script: [error(403)], outcome: { type: "failed" }, line: /The key may not do this: no luck/, code: 4 },
  "failed with 413": { script: [error(413)], outcome: { type: "failed" }, line: /The request is too large: no luck/, code: 1 },
  "failed with 429": {
    script: [error(429)],
    outcome: { type: "failed" },
    line: /Too many requests: no luck\. Wait a little and try again\. Your message is kept/,
    code: 1,
  },
  "failed with 529": {
    script: [error(529)],
    outcome: { type: "failed" },
    line: /The API failed \(529\): no luck\. Try again later\. Your message is kept/,
    code: 1,
  },
  "failed with nobody there": {
    script: [],
    env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" },
    outcome: { type: "failed" },
    line: /Nobody answers at http:\/\/127\.0\.0\.1:9: .*Your message is kept/,
    code: 1,
  },
  "failed with what is not the API": {
    script: [{ raw: "<html>Sign in</html>", contentType: "text/html" }],
    outcome: { type: "failed" },
    line: /does not speak the Messages API\. Check ANTHROPIC_BASE_URL\. Your message is kept/,
    code: 1,
  },
};

test.each(Object.entries(ENDINGS))("%s is told for what it is, in one line and in JSON, and is gone on from with -c", async (_, ending) => {
  await using place = await openPlace();
  if (ending.settings) await begin(place, ending.settings);
  place.server.script(...ending.script);
  const args = [...(ending.settings ? ["-c"] : []), ...(ending.args ?? []), "--json", "Begin."];
  const ended = await place.run(args, { ...(ending.env && { env: ending.env }) });
  expect(endOf(ended.stdout)).toMatchObject({ type: "turn-end", outcome: ending.outcome });
  const said = lines(ended.stderr).filter((line) => !line.includes("Going on with"));
  expect(said).toEqual(ending.line ? [expect.stringMatching(ending.line)] : []);
  expect(ended.code).toBe(ending.code);
  await goesOn(place);
});

test("aborted is told for what it is, in one line and in JSON, and is gone on from with -c", async () => {
  await using place = await openPlace();
  const held = gate();
  place.server.script({ content: TEXT, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] });
  const running = place.start(["--json", "Begin."]);
  await running.until(FIRST_DELTA);
  running.kill("SIGINT");
  const ended = await running.ended;
  expect(endOf(ended.stdout)).toMatchObject({ type: "turn-end", outcome: { type: "aborted" } });
  expect(lines(ended.stderr)).toEqual([
    expect.stringMatching(/^antiphon: Stopped\. What had come is kept in conversation .*go on: antiphon -r/),
  ]);
  expect(ended.code).toBe(130);
  await goesOn(place);
});

test("every type of outcome is among these endings", () => {
  const types = new Set<OutcomeType>([...Object.values(ENDINGS).map(({ outcome }) => outcome.type), "aborted"]);
  const all: Record<OutcomeType, true> = {
    completed: true,
    malformed: true,
    stopped: true,
    truncated: true,
    refused: true,
    "context-full": true,
    waiting: true,
    limit: true,
    unknown: true,
    interrupted: true,
    aborted: true,
    failed: true,
  };
  expect([...types].toSorted()).toEqual(Object.keys(all).toSorted());
});

function endOf(stdout: string): unknown {
  return JSON.parse(lines(stdout).at(-1)!);
}

/** A message behind the ending is one that the API takes. */
async function goesOn(place: Place): Promise<void> {
  place.server.script("On.");
  expect(await place.run(["-c", "Go on."])).toMatchObject({ code: 0, stdout: "On.\n" });
  expect([place.server.requests.at(-1)!.status, place.server.scripted]).toEqual([200, 0]);
}

/** A conversation of another program: with tools that this one does not run, or answers of some form. */
async function begin(place: Place, settings: Partial<Settings>): Promise<void> {
  expect((await place.run(["ls"])).code).toBe(0);
  const store = await SqliteStore.open(place.database);
  const client = { messages: { create: () => Promise.reject(new Error("nobody is asked")) } };
  await antiphon({ client, store }).create({ model: "claude-sonnet-5-5", max_tokens: 1024, ...settings });
  await store.close();
}
