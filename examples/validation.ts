import { validateRequest } from "@antiphon/core";

const messages = [
  { role: "user", content: "What does enumerate do?" },
  { role: "assistant", content: "It numbers" },
];
const errors = validateRequest({ model: "claude-sonnet-5-5", max_tokens: 1024, messages }).filter(({ severity }) => severity === "error");
for (const { path, message } of errors) console.log(`${path}: ${message}`);
