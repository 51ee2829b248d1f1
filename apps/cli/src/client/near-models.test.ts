import { DEFAULT_MODEL } from "@antiphon/core";
import { expect, test } from "vitest";
import { nearModels } from "./near-models.ts";

test("a slip of the fingers finds its family, the newest first", () => {
  expect(nearModels("claude-sonet")[0]).toBe(DEFAULT_MODEL);
  expect(nearModels("Claude-Opus-5-4")[0]).toBe("claude-opus-5-5");
  expect(nearModels("claude-hiaku-4-5")[0]).toBe("claude-haiku-4-5");
});

test("a name of any length gets its three", () => {
  expect(nearModels("x".repeat(100_000))).toHaveLength(3);
});
