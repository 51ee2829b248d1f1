import { BLOCK_FIELD_RULES } from "./block-fields.ts";
import { BLOCK_PLACE_RULES } from "./block-places.ts";
import { CACHE_RULES } from "./cache.ts";
import { CONTENT_RULES } from "./content.ts";
import { LIMIT_RULES } from "./limits.ts";
import { MEDIA_RULES } from "./media.ts";
import { MISC_RULES } from "./misc.ts";
import { PREFILL_RULES } from "./prefill.ts";
import { REQUIRED_FIELD_RULES } from "./required-fields.ts";
import type { Rule } from "./rule.ts";
import { SAMPLING_RULES } from "./sampling.ts";
import { SERVER_TOOL_RULES } from "./server-tools.ts";
import { SHAPE_RULES } from "./shapes.ts";
import { STRICT_SCHEMA_RULES } from "./strict-schemas.ts";
import { STRUCTURE_RULES } from "./structure.ts";
import { SYSTEM_MESSAGE_RULES } from "./system-messages.ts";
import { THINKING_RULES } from "./thinking.ts";
import { TOOL_DEFINITION_RULES } from "./tool-definitions.ts";
import { TOOL_PAIR_RULES } from "./tool-pairs.ts";

/** Every rule that is checked, in the order in which violations are reported. */
export const RULES: readonly Rule[] = [
  ...REQUIRED_FIELD_RULES,
  ...STRUCTURE_RULES,
  ...BLOCK_FIELD_RULES,
  ...CONTENT_RULES,
  ...SYSTEM_MESSAGE_RULES,
  ...TOOL_PAIR_RULES,
  ...SERVER_TOOL_RULES,
  ...TOOL_DEFINITION_RULES,
  ...STRICT_SCHEMA_RULES,
  ...THINKING_RULES,
  ...SAMPLING_RULES,
  ...LIMIT_RULES,
  ...CACHE_RULES,
  ...MEDIA_RULES,
  ...MISC_RULES,
  ...PREFILL_RULES,
  // Last, so that what has a rule of its own is told by that one first.
  ...SHAPE_RULES,
  ...BLOCK_PLACE_RULES,
];
