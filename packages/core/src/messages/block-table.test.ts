import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, expectTypeOf, test } from "vitest";
import { BLOCK_TABLE, type BlockRow, blockRow, type KnownBlockType } from "./block-table.ts";

// The first part of this file is checked by the type checker: an SDK that adds or removes a block type fails `tsc` here,
// with the type's name in the error. It lives in a test so that the check never ships, and so never fails for a user.

type Table = typeof BLOCK_TABLE;
type RowsWhere<Row> = { [K in KnownBlockType]: Table[K] extends Row ? K : never }[KnownBlockType];
type RowsSeen<Place> = { [K in KnownBlockType]: Place extends Table[K]["seen"][number] ? K : never }[KnownBlockType];
type Same<Ours, Theirs> = [Ours, Theirs] extends [Theirs, Ours]
  ? true
  : { readonly onlyInTheTable: Exclude<Ours, Theirs>; readonly onlyInTheSdk: Exclude<Theirs, Ours> };

type Response = Anthropic.Messages.ContentBlock | Anthropic.Beta.BetaContentBlock;
type Param = Anthropic.Messages.ContentBlockParam | Anthropic.Beta.BetaContentBlockParam;
type InResult<Content> = Exclude<Content, string | undefined> extends readonly (infer Block)[] ? Block : never;
type InGaResult = InResult<Anthropic.Messages.ToolResultBlockParam["content"]>;
type InToolResult = InGaResult | InResult<Anthropic.Beta.BetaToolResultBlockParam["content"]>;
type TypeOf<Block> = Block extends { readonly type: infer T } ? T : never;
type WithField<Block, Field extends string> = Block extends unknown ? (Field extends keyof Block ? TypeOf<Block> : never) : never;

const heldAgainstTheSdk: {
  readonly responses: Same<RowsSeen<"response">, TypeOf<Response>>;
  readonly params: Same<RowsSeen<"param">, TypeOf<Param>>;
  readonly inToolResults: Same<RowsSeen<"tool-result">, TypeOf<InToolResult>>;
  readonly ga: Same<RowsWhere<{ api: "ga" }>, TypeOf<Anthropic.Messages.ContentBlock | Anthropic.Messages.ContentBlockParam | InGaResult>>;
  readonly cacheable: Same<RowsWhere<{ cacheable: true }>, WithField<Param | InToolResult, "cache_control">>;
  readonly calls: Same<RowsWhere<{ calls: string }>, WithField<Param, "id">>;
  readonly answers: Same<RowsWhere<{ answers: string }>, WithField<Param, "tool_use_id">>;
} = { responses: true, params: true, inToolResults: true, ga: true, cacheable: true, calls: true, answers: true };

const rows = Object.entries(BLOCK_TABLE) as [string, BlockRow][];

describe("the block table", () => {
  test("names every block type of the SDK, with what the SDK's types say of it", () => {
    expect(Object.values(heldAgainstTheSdk)).not.toContain(false);
    expect(rows).toHaveLength(26);
  });

  test("is held so that a row that goes, or a type that comes, is named by the compiler", () => {
    type Params = TypeOf<Param>;
    expectTypeOf<Same<Exclude<RowsSeen<"param">, "image">, Params>>().toEqualTypeOf<{
      readonly onlyInTheTable: never;
      readonly onlyInTheSdk: "image";
    }>();
    expectTypeOf<Same<RowsSeen<"param">, Params | "hologram">>().toEqualTypeOf<{
      readonly onlyInTheTable: never;
      readonly onlyInTheSdk: "hologram";
    }>();
    expectTypeOf<Same<RowsSeen<"param">, Exclude<Params, "image">>>().toEqualTypeOf<{
      readonly onlyInTheTable: "image";
      readonly onlyInTheSdk: never;
    }>();
    // @ts-expect-error the check above would not compile
    const removed: Same<Exclude<RowsSeen<"param">, "image">, Params> = true;
    expect(removed).toBe(true);
  });

  test("gives a role to every block that a message may hold, and none to what lives inside a tool result only", () => {
    for (const [type, row] of rows) {
      expect(row.roles.length > 0, type).toBe(row.seen.some((place) => place !== "tool-result"));
    }
  });

  test("lets only the assistant carry what a response carries, text and uploads apart", () => {
    const others = rows.filter(([, row]) => row.seen.includes("response") && row.roles.some((role) => role !== "assistant"));
    expect(others.map(([type]) => type)).toEqual(["text", "container_upload"]);
  });

  test("knows nothing of a type that is not listed, not even by an object's own words", () => {
    expect(blockRow("text")).toBe(BLOCK_TABLE.text);
    expect(blockRow("hologram")).toBeUndefined();
    expect(blockRow("constructor")).toBeUndefined();
  });
});
