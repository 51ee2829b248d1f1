import type { Rule } from "./rule.ts";

const SHAPE = "https://platform.claude.com/docs/en/api/errors (shape)";

export const STRUCTURE_RULES: readonly Rule[] = [
  {
    id: "messages-missing",
    group: "structure",
    says: "`messages` is missing or is not a list.",
    status: 400,
    text: "messages: Field required",
    confidence: "official",
    source: SHAPE,
    check(request, report) {
      if (request.body["messages"] === undefined) report("messages");
      else if (!Array.isArray(request.body["messages"])) report("messages", {}, "messages: Input should be a valid list");
    },
  },
  {
    id: "messages-empty",
    group: "structure",
    says: "`messages` is an empty list.",
    status: 400,
    text: "messages: at least one message is required",
    confidence: "high",
    source: "public code",
    check(request, report) {
      const { messages } = request.body;
      if (Array.isArray(messages) && messages.length === 0) report("messages");
    },
  },
  {
    id: "message-shape",
    group: "structure",
    says: "An entry of `messages` is not an object with a role, or an entry of its content is not an object with a type.",
    status: 400,
    text: "messages.{i}: Input does not match the expected shape.",
    confidence: "recorded",
    source: "recorded: https://github.com/DataDog/dd-trace-py tests/contrib/anthropic/cassettes/anthropic_completion_error.yaml",
    check(request, report) {
      for (const { path, index } of request.malformed) report(path, { i: index });
      for (const { fields, path, index } of request.messages) {
        const { content } = fields;
        if (content === undefined) report(path, { i: index }, "messages.{i}.content: Field required");
        else if (typeof content !== "string" && !Array.isArray(content)) report(path, { i: index });
      }
    },
  },
  {
    id: "message-role-unknown",
    group: "structure",
    says: "A message's role is none of user, assistant and system.",
    status: 400,
    text: "messages.{i}.role: Input should be 'user' or 'assistant'",
    confidence: "medium",
    source: "public code ; the enumeration in the API's OpenAPI document",
    check(request, report) {
      for (const { role, path, index } of request.messages) {
        if (role !== "user" && role !== "assistant" && role !== "system") report(path, { i: index });
      }
    },
  },
  {
    id: "messages-too-many",
    group: "structure",
    says: "There are more than 100,000 messages.",
    status: 400,
    text: "messages: there is a limit of 100,000 messages in a single request, found {n}",
    textPublished: false,
    confidence: "official",
    source: "https://platform.claude.com/docs/en/api/messages/create",
    check(request, report) {
      const { messages } = request.body;
      if (Array.isArray(messages) && messages.length > 100_000) report("messages", { n: messages.length });
    },
  },
];

/** Bedrock and Vertex name the API's version in the body; they take none so new that it removes things. */
export function olderVersion(body: Readonly<Record<string, unknown>>): boolean {
  return typeof body["anthropic_version"] === "string";
}
