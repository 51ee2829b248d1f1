import { expect, test } from "vitest";
import { databasePath } from "./database-path.ts";

const path = (env: Readonly<Record<string, string>>, platform = "linux"): string => databasePath({ env, home: "/home/ada", platform });

test("ANTIPHON_DB wins over XDG_DATA_HOME, which wins over the default; empty is as good as absent", () => {
  expect(path({ ANTIPHON_DB: "my.db", XDG_DATA_HOME: "/data" })).toBe("my.db");
  expect(path({ ANTIPHON_DB: "", XDG_DATA_HOME: "/data" })).toBe("/data/antiphon/conversations.db");
  expect(path({ XDG_DATA_HOME: "" })).toBe("/home/ada/.local/share/antiphon/conversations.db");
  expect(path({}, "darwin")).toBe("/home/ada/.local/share/antiphon/conversations.db");
});

test("a relative XDG_DATA_HOME is ignored, as its specification demands", () => {
  expect(path({ XDG_DATA_HOME: "data" })).toBe("/home/ada/.local/share/antiphon/conversations.db");
});
