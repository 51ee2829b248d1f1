export { antiphon, type Antiphon, type AntiphonOptions, type CreateOptions } from "./antiphon.ts";
export { Conversation, type ConversationRequest, type ListedBranch, type SendOptions } from "./conversation.ts";
export { type Bill } from "./conversation/bill.ts";
export { type Branch, type PathSegment, pathSegments } from "./conversation/branch.ts";
export type {
  ApprovalBody,
  Boundary,
  BoundaryBody,
  BoundaryEntry,
  Entry,
  EntryBody,
  EntryKind,
  EntryOf,
  MessageBody,
  MessageEntry,
  NewEntry,
  Origin,
  ReplyFacts,
  SettingsBody,
  ToolStartBody,
} from "./conversation/entry.ts";
export { type PrefixDisagreement } from "./conversation/prefix-disagreement.ts";
export { type Settings } from "./conversation/settings.ts";
export { type CopyOptions } from "./branches/copying.ts";
export { tombstoneOf } from "./conversation/tombstone.ts";
export { type Environment, systemEnvironment } from "./environment.ts";
export { AntiphonError, type AntiphonErrorOptions, ERROR_CODES, type ErrorCode, isAntiphonError } from "./errors.ts";
export { BLOCK_TABLE, type BlockRow, blockRow, type KnownBlockType } from "./messages/block-table.ts";
export {
  type ContentBlock,
  type ContentBlockParam,
  type ContentParam,
  isBlock,
  type Message,
  type MessageParam,
  type Role,
  toBlocks,
} from "./messages/content-block.ts";
export { ReplyFold, type FoldState, type StreamEvent } from "./messages/fold.ts";
export { type OutputFormat, type StoredFormat } from "./messages/output-format.ts";
export { mergeMessages } from "./messages/merge.ts";
export { type FoldedReply, fromMessage, type ReceivedMessage } from "./messages/reply.ts";
export { type ReplyChange } from "./messages/reply-change.ts";
export { text, type ToolCall, toolCalls } from "./messages/text.ts";
export { checkSettings, type UnsupportedParameter } from "./models/check-settings.ts";
export { DEFAULT_MODEL } from "./models/default-model.ts";
export { factsFromModelInfo } from "./models/facts-from-model-info.ts";
export { MODEL_TABLE, ModelCatalog, type ModelCatalogOptions, type ModelsClient, type ModelSource } from "./models/model-catalog.ts";
export { type KnownFacts, knownModels, type ModelFacts, modelFacts } from "./models/model-facts.ts";
export { type Caching } from "./request/cache-marks.ts";
export { type Explanation, type Projection } from "./request/project.ts";
export { type PrefixReport } from "./request/prefix-report.ts";
export { type InvalidThinking } from "./request/thinking.ts";
export { type RequestBody } from "./request/request-body.ts";
export { validateRequest, type Violation } from "./request/validate-request.ts";
export { type Sibling } from "./branches/siblings.ts";
export { type AcceptOptions } from "./rewriting/accept-bill.ts";
export { type Summarise, type SummaryAnswer, type SummaryContext } from "./rewriting/ask-summary.ts";
export { type ClearCut } from "./rewriting/clear.ts";
export { type TokenCount } from "./rewriting/count-tokens.ts";
export { type SummariseOptions, type SummaryCut } from "./rewriting/summarise.ts";
export { type WindowCut, type WindowSize } from "./rewriting/window.ts";
export { type Failure, type Outcome, type OutcomeType } from "./stop/outcome.ts";
export { type Capabilities, plan, type Plan, type ReplyLike } from "./stop/plan.ts";
export type {
  Append,
  AppendResult,
  BranchKey,
  ConversationPage,
  ConversationRecord,
  ConversationStore,
  ConversationSummary,
  Draft,
  DraftChunk,
  Erase,
  HeadMove,
  Lease,
  LeaseRequest,
  ListQuery,
  NewBranch,
  NewConversation,
  ReadQuery,
} from "./store/conversation-store.ts";
export { listCursorAfter, type SettledListQuery, settleListQuery } from "./store/list-query.ts";
export { MemoryStore, type MemoryStoreOptions } from "./store/memory-store.ts";
export { storeErrors } from "./store/store-errors.ts";
export { type SettingsChange, type UpdateOptions } from "./rewriting/change-settings.ts";
export { type MessagesClient } from "./turn/messages-client.ts";
export { type ApprovalContext, type ApprovalHook, type ApprovalVerdict } from "./tools/approval.ts";
export { type RunnableTool, type ToolContext, type ToolOutput } from "./tools/runnable-tool.ts";
export { type ResumeOptions, type TurnOptions } from "./turn/start-turn.ts";
export { type Accepted, Turn, type TurnResult } from "./turn/turn.ts";
export { DEFAULT_LIMITS, type TurnLimits } from "./turn/turn-context.ts";
export { type ReplyEvent, type TurnEvent } from "./turn/turn-event.ts";
export { addCosts, type Cost, type CostGap, costOf, type GapReason } from "./usage/cost.ts";
export { type ConversationUsage, type UsageAccount, type UsageOptions } from "./usage/conversation-usage.ts";
export { LIST_PRICE_TABLE, LIST_PRICES } from "./usage/list-prices.ts";
export { MemoryUsageLedger } from "./usage/memory-usage-ledger.ts";
export { formatDollars } from "./usage/money.ts";
export { definePrices, type Factor, type ModelPrice, type Prices, type PriceTable, type Rates } from "./usage/price-table.ts";
export { addUsageSums, sumUsage, sumUsageBy, type UsageSum, usageOf } from "./usage/sum-usage.ts";
export { type UsageLedger, type UsageQuery } from "./usage/usage-ledger.ts";
export { lastRequestOf, requestsOf, type UnansweredRequest, unansweredRow, type UsageRow } from "./usage/usage-row.ts";
export { addTotals, addUsage, type UsageTotals } from "./usage/usage-totals.ts";
