import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { antiphon, MemoryStore } from "@antiphon/core";
import * as z from "zod";

const chat = antiphon({ client: new Anthropic(), store: new MemoryStore() });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });
const format = zodOutputFormat(z.object({ city: z.string(), people: z.number() }));

const { outcome, output } = await conversation.send("Which city is the largest of Norway?", { format }).result;
if (output) console.log(`${output.city}: ${output.people.toFixed()} people`);
else console.log(`No city: the turn is ${outcome.type}`); // cut off, refused, in another form: never a throw
