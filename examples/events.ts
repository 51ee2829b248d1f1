import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore, type RunnableTool, type TurnEvent } from "@antiphon/core";

const clock: RunnableTool = { name: "clock", description: "Tells the time.", input_schema: { type: "object" }, run: () => "noon" };
const chat = antiphon({ client: new Anthropic(), store: new MemoryStore(), tools: [clock] });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });

for await (const event of conversation.send("use the tool clock")) process.stdout.write(asText(event));

/** A turn as plain text. What is not shown is named too, so that a new event is a compile error and not a gap. */
function asText(event: TurnEvent): string {
  switch (event.type) {
    case "prefill-start":
    case "text-delta":
      return event.text;
    case "tool-start":
      return `[${event.name} ${JSON.stringify(event.input)}]\n`;
    case "tool-progress":
      return `[${JSON.stringify(event.value)}]\n`;
    case "approval-needed":
      return `[May ${event.name} run with ${JSON.stringify(event.input)}?]\n`;
    case "tool-end":
    case "tool-late":
      return event.isError ? "[It failed.]\n" : "";
    case "request-retry":
      return `[Once more in ${event.delayMs} ms: ${event.reason}]\n`;
    case "reply-discarded":
      return "\n[That had no room, and does not count.]\n";
    case "draft-recovered":
      return "[The last reply had broken off.]\n";
    case "repair-stored":
      return "[A tool call of the last reply has no answer.]\n";
    case "branch-forked":
      return "[Another turn is running. This one goes on beside it.]\n";
    case "prefix-disagreed":
      return `[The API disagrees: ${event.disagreements.map(({ type }) => type).join(", ")}.]\n`;
    case "usage-unrecorded":
      return `[${event.rows} requests are not in the accounts yet.]\n`;
    case "turn-end":
      return `\n[${event.outcome.type}]\n`;
    case "input-stored":
    case "request-start":
    case "block-start":
    case "thinking-delta":
    case "tool-input-delta":
    case "citation-delta":
    case "block-stop":
    case "reply-stored":
    case "continuation-start":
      return "";
    default:
      return event satisfies never;
  }
}
