import type { UncheckedRule } from "./unchecked-rules.ts";

const HEADER = "is in a header, not in the body";
const ACCOUNT = "depends on the account, not on the body";

/** The rejections whose cause is outside the body. */
export const OUTSIDE_RULES: readonly UncheckedRule[] = [
  {
    id: "version-header-missing",
    group: "headers",
    says: "There is no anthropic-version header.",
    status: 400,
    text: "anthropic-version: header is required",
    confidence: "high",
    source: "public code",
    why: HEADER,
  },
  {
    id: "beta-header-unknown",
    group: "headers",
    says: "An anthropic-beta value is unknown.",
    status: 400,
    text: "Unexpected value(s) `{value}` for the `anthropic-beta` header. Please consult our documentation at platform.claude.com/docs or try again without the header.",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/api/beta-headers#error-handling",
    why: HEADER,
  },
  {
    id: "key-invalid",
    group: "headers",
    says: "The key is not valid.",
    status: 401,
    text: "authentication_error: invalid x-api-key",
    confidence: "recorded",
    source: "recorded: https://github.com/DataDog/dd-trace-py, https://github.com/crmne/ruby_llm cassettes",
    why: HEADER,
  },
  {
    id: "model-unknown",
    group: "headers",
    says: "There is no model of that name.",
    status: 404,
    text: "not_found_error: model: {name}",
    confidence: "recorded",
    source:
      "recorded: https://github.com/pydantic/pydantic-ai test_anthropic_count_tokens_error.yaml ; https://github.com/braintrustdata/braintrust-sdk test_anthropic_client_error.yaml",
    why: "which models there are depends on the server and the account; other servers have other models",
  },
  {
    id: "credit-too-low",
    group: "account",
    says: "The credit is used up.",
    status: 400,
    text: "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    confidence: "high",
    source: "public code",
    why: ACCOUNT,
  },
  {
    id: "spend-limit",
    group: "account",
    says: "The account's own limit of spending is reached.",
    status: 400,
    text: "You have reached your specified API usage limits…",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/api/rate-limits",
    why: ACCOUNT,
  },
  {
    id: "rate-limit",
    group: "account",
    says: "Too many requests, tokens or bytes in a time.",
    status: 429,
    text: "This request would exceed your organization's rate limit of {limit} (org: {org}, model: {model}).",
    confidence: "recorded",
    source:
      "recorded: https://github.com/anthropics/anthropic-sdk-python tests/lib/_parse/__inline_snapshot__/test_messages/TestAsyncParse/d743d628-16aa-4c9f-ae78-51deb578f746.json",
    why: ACCOUNT,
  },
  {
    id: "overloaded",
    group: "account",
    says: "The API is overloaded; inside a stream it is an `error` event after a 200.",
    status: 529,
    text: "Overloaded",
    confidence: "official",
    source:
      "https://platform.claude.com/docs/en/build-with-claude/streaming#error-events ; recorded shape: https://github.com/coder/aibridge fixtures/anthropic/stream_error.txtar",
    why: "depends on the server's load",
  },
  {
    id: "file-not-downloadable",
    group: "files",
    says: "An uploaded file is downloaded.",
    status: 400,
    text: "File '{file}' is not downloadable",
    confidence: "recorded",
    source: "recorded: https://github.com/tidyverse/ellmer tests/testthat/_vcr/anthropic-upload-file.yml",
    why: "belongs to the Files API, not to a message request",
  },
];
