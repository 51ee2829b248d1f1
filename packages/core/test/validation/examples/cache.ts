import { request, talk, text, thinking, tool, type Example, type NearMiss } from "./example.ts";

const mark = (ttl?: string) => ({
  cache_control: ttl === undefined ? { type: "ephemeral" } : { type: "ephemeral", ttl },
});
const marked = (count: number, ttl?: string) => Array.from({ length: count }, () => text("x", mark(ttl)));

export const CACHE_EXAMPLES: readonly Example[] = [
  {
    rule: "cache-marks-too-many",
    body: request({
      tools: [tool(mark())],
      system: marked(1),
      messages: [{ role: "user", content: marked(3) }],
    }),
    path: "messages.0.content.2.cache_control",
    message: "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  },
  {
    rule: "cache-marks-too-many",
    body: request({ ...mark(), system: marked(4) }),
    path: "cache_control",
    message: "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  },
  {
    rule: "cache-ttl-order",
    body: request({ system: marked(1), messages: [{ role: "user", content: marked(1, "1h") }] }),
    path: "messages.0.content.0.cache_control.ttl",
    message: "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.",
  },
  {
    rule: "cache-mark-on-empty-text",
    body: request({ system: [text("", mark())] }),
    path: "system.0",
    message: "system.0.text: cache_control cannot be set for empty text blocks",
  },
  {
    rule: "cache-mark-on-empty-text",
    body: request({ messages: [{ role: "user", content: [text("a"), text("", mark())] }] }),
    path: "messages.0.content.1",
    message: "messages.0.content.1.text: cache_control cannot be set for empty text blocks",
  },
  {
    rule: "cache-mark-on-thinking",
    body: request({ messages: talk(["assistant", [thinking(mark()), text("Hi")]], ["user", "x"]) }),
    path: "messages.1.content.0.cache_control",
    message: "messages.1.content.0.thinking.cache_control: Extra inputs are not permitted",
  },
  {
    rule: "cache-automatic-conflict",
    body: request({ ...mark("5m"), messages: [{ role: "user", content: marked(1, "1h") }] }),
    path: "cache_control",
    message: "cache_control: the automatic mark conflicts with the marks of the blocks",
  },
  {
    rule: "cache-automatic-conflict",
    body: request({ ...mark(), system: marked(4) }),
    path: "cache_control",
    message: "cache_control: the automatic mark conflicts with the marks of the blocks",
  },
];

export const CACHE_NEAR_MISSES: readonly NearMiss[] = [
  { rule: "cache-marks-too-many", body: request({ system: marked(4) }) },
  {
    rule: "cache-marks-too-many",
    body: request({
      ...mark(),
      system: marked(3),
      messages: [{ role: "user", content: marked(1) }],
    }),
  },
  {
    rule: "cache-ttl-order",
    body: request({
      system: marked(1, "1h"),
      messages: [{ role: "user", content: marked(1, "5m") }],
    }),
  },
  {
    rule: "cache-automatic-conflict",
    body: request({ ...mark(), messages: [{ role: "user", content: marked(1, "5m") }] }),
  },
  { rule: "cache-automatic-conflict", body: request({ ...mark(), system: marked(3) }) },
  {
    rule: "cache-mark-on-thinking",
    body: request({
      messages: talk(["assistant", [thinking({ cache_control: null }), text("Hi")]], ["user", "x"]),
    }),
  },
];
