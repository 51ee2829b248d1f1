import type { Environment } from "./environment.ts";
import type { ModelSource } from "./models/model-catalog.ts";
import type { Caching } from "./request/cache-marks.ts";
import type { ConversationStore } from "./store/conversation-store.ts";
import type { ApprovalHook } from "./tools/approval.ts";
import type { MessagesClient } from "./turn/messages-client.ts";
import type { RunnableTool } from "./tools/runnable-tool.ts";
import type { TurnLimits } from "./turn/turn-context.ts";
import type { UsageRecorder } from "./usage/usage-recorder.ts";

/** What one process gives to all its conversations: what runs, as opposed to what is stored. */
export interface Host {
  readonly client: MessagesClient;
  readonly store: ConversationStore;
  readonly tools: readonly RunnableTool[];
  readonly approval: ApprovalHook | undefined;
  readonly caching: Caching;
  /** Names the account behind the client. */
  readonly account: string | undefined;
  /** What models accept. */
  readonly models: ModelSource;
  /** Takes a row for each request, to the ledger where there is one. */
  readonly recorder: UsageRecorder;
  readonly limits: TurnLimits;
  readonly environment: Environment;
  /** Names this process in leases, for people. */
  readonly holder: string;
}
