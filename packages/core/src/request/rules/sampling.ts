import type { Rule } from "./rule.ts";
import { fieldsOf, listOf } from "./request-view.ts";
import { olderVersion } from "./structure.ts";

const REMOVED = ["temperature", "top_p", "top_k"] as const;

export const SAMPLING_RULES: readonly Rule[] = [
  {
    id: "temperature-with-thinking",
    group: "thinking",
    says: "temperature is not 1 while thinking is enabled or adaptive.",
    status: 400,
    text: "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
    confidence: "high",
    source: 'public code; older form: "…when thinking is enabled. Please consult our documentation at …"',
    check(request, report) {
      const { temperature } = request.body;
      const { type } = fieldsOf(request.body["thinking"]);
      if (type !== "enabled" && type !== "adaptive") return;
      if (typeof temperature === "number" && temperature !== 1) report("temperature");
    },
  },
  {
    id: "temperature-deprecated",
    group: "sampling",
    says: "temperature is not 1 on a model of Claude 4.7 or later.",
    status: 400,
    text: "`temperature` is deprecated for this model.",
    confidence: "official",
    source: "platform.claude.com/docs: what's new in Claude 4.7 ; text: public code",
    check(request, report) {
      const { temperature } = request.body;
      if (request.model?.sampling === "none" && typeof temperature === "number" && temperature !== 1) report("temperature");
    },
  },
  {
    id: "temperature-with-top-p",
    group: "sampling",
    says: "temperature and top_p are both set on a model of the 4.5 or 4.6 generation.",
    status: 400,
    text: "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    confidence: "official",
    source: "platform.claude.com/docs: migration guide ; text: public code",
    check(request, report) {
      const { temperature, top_p } = request.body;
      if (request.model?.sampling === "one-of" && typeof temperature === "number" && typeof top_p === "number") report("top_p");
    },
  },
  {
    id: "sampling-parameter-removed",
    group: "sampling",
    says: "temperature, top_p or top_k is set: API version 2026-10-21 removed them.",
    status: 400,
    text: "{field}: Extra inputs are not permitted",
    textPublished: false,
    confidence: "official",
    source: "platform.claude.com/docs: API versioning, 2026-10-21",
    counterEvidence: "requests that name an older anthropic-version were recorded with them, accepted; the body does not show its version",
    check(request, report) {
      if (olderVersion(request.body)) return;
      for (const field of REMOVED) if (request.body[field] !== undefined && request.body[field] !== null) report(field, { field });
    },
  },
  {
    id: "effort-unsupported",
    group: "sampling",
    says: "output_config.effort is a level that the model does not have.",
    status: 400,
    text: "This model does not support effort level '{effort}'. Supported levels: {levels}.",
    confidence: "recorded",
    source:
      "recorded: https://github.com/pydantic/pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_explicit_effort_xhigh_unsupported_model_errors.yaml",
    check(request, report) {
      const levels = request.model?.effortLevels;
      const { effort } = fieldsOf(request.body["output_config"]);
      if (levels === undefined || typeof effort !== "string" || levels.some((level) => level === effort)) return;
      if (levels.length === 0) report("output_config.effort", {}, "This model does not support the effort parameter.");
      else report("output_config.effort", { effort, levels: levels.toSorted().join(", ") });
    },
  },
  {
    id: "stop-sequence-blank",
    group: "sampling",
    says: "A stop sequence is empty or nothing but white space.",
    status: 400,
    text: "stop_sequences: each stop sequence must contain non-whitespace",
    confidence: "high",
    source: "public code",
    check(request, report) {
      listOf(request.body["stop_sequences"]).forEach((sequence, index) => {
        if (typeof sequence === "string" && sequence.trim() === "") report(`stop_sequences.${index}`);
      });
    },
  },
];
