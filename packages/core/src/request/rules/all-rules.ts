import { PREFILL_RULES } from "./prefill.ts";
import { REQUIRED_FIELD_RULES } from "./required-fields.ts";
import type { Rule } from "./rule.ts";
import { STRUCTURE_RULES } from "./structure.ts";
import { SYSTEM_MESSAGE_RULES } from "./system-messages.ts";
import { TOOL_PAIR_RULES } from "./tool-pairs.ts";

/** Every rule that is checked, in the order in which violations are reported. */
export const RULES: readonly Rule[] = [...REQUIRED_FIELD_RULES, ...STRUCTURE_RULES, ...SYSTEM_MESSAGE_RULES, ...TOOL_PAIR_RULES, ...PREFILL_RULES];
