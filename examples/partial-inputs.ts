import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore } from "@antiphon/core";
import { partialInputs } from "@antiphon/core/partial-inputs";

const chat = antiphon({ client: new Anthropic(), store: new MemoryStore() });
const note = { name: "note", description: "Writes a note.", input_schema: { type: "object" as const } };
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, tools: [note] });

const turn = conversation.send('Use the tool note with {"title":"Parrot","lines":["It has ceased to be."]}');
for await (const { name, input, whole } of partialInputs(turn)) console.log(name, whole ? "whole:" : "so far:", JSON.stringify(input));
