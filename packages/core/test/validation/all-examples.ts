import { CACHE_EXAMPLES, CACHE_NEAR_MISSES } from "./examples/cache.ts";
import { CONTENT_EXAMPLES, CONTENT_NEAR_MISSES } from "./examples/content.ts";
import { MEDIA_EXAMPLES, MEDIA_NEAR_MISSES } from "./examples/media.ts";
import { PARAMETER_EXAMPLES, PARAMETER_NEAR_MISSES } from "./examples/parameters.ts";
import { STRUCTURE_EXAMPLES, STRUCTURE_NEAR_MISSES } from "./examples/structure.ts";
import { SYSTEM_MESSAGE_EXAMPLES, SYSTEM_MESSAGE_NEAR_MISSES } from "./examples/system-messages.ts";
import { THINKING_EXAMPLES, THINKING_NEAR_MISSES } from "./examples/thinking.ts";
import { TOOL_DEFINITION_EXAMPLES, TOOL_DEFINITION_NEAR_MISSES } from "./examples/tool-definitions.ts";
import { TOOL_EXAMPLES, TOOL_NEAR_MISSES } from "./examples/tools.ts";
import { VALUE_EXAMPLES, VALUE_NEAR_MISSES } from "./examples/values.ts";

export const EXAMPLES = [
  ...STRUCTURE_EXAMPLES,
  ...SYSTEM_MESSAGE_EXAMPLES,
  ...CONTENT_EXAMPLES,
  ...TOOL_EXAMPLES,
  ...TOOL_DEFINITION_EXAMPLES,
  ...THINKING_EXAMPLES,
  ...PARAMETER_EXAMPLES,
  ...CACHE_EXAMPLES,
  ...MEDIA_EXAMPLES,
  ...VALUE_EXAMPLES,
];

export const NEAR_MISSES = [
  ...STRUCTURE_NEAR_MISSES,
  ...SYSTEM_MESSAGE_NEAR_MISSES,
  ...CONTENT_NEAR_MISSES,
  ...TOOL_NEAR_MISSES,
  ...TOOL_DEFINITION_NEAR_MISSES,
  ...THINKING_NEAR_MISSES,
  ...PARAMETER_NEAR_MISSES,
  ...CACHE_NEAR_MISSES,
  ...MEDIA_NEAR_MISSES,
  ...VALUE_NEAR_MISSES,
];
