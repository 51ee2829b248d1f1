import { ERROR_CODES } from "../packages/core/src/errors.ts";
import { describe, expect, test } from "vitest";
import { files, read } from "./repository.ts";

const documented = [...read("docs/errors.md").matchAll(/^### `(\w+)`$/gm)].map((match) => match[1] ?? "");
const codes = Object.keys(ERROR_CODES);

test("every error code has its heading in docs/errors.md, and every heading its code, in one order", () => {
  expect(documented).toEqual(codes);
});

test("docs/errors.md says of each code whether trying again can help", () => {
  const said = [...read("docs/errors.md").matchAll(/^### `\w+`\n+(Trying again can help|Trying again does not help)/gm)].map(
    (match) => match[1],
  );
  expect(said).toEqual(
    Object.values(ERROR_CODES).map(({ retryable }) => (retryable ? "Trying again can help" : "Trying again does not help")),
  );
});

describe("every error code", () => {
  const sources = files.filter((file) => /^(packages|apps)\/.*\.ts$/.test(file));
  const isTest = (file: string) => /\.test\.ts$|\/test\/|\/store-contract\/checks\//.test(file);
  const using = (code: string, wanted: (file: string) => boolean) =>
    sources.filter((file) => wanted(file) && !file.endsWith("core/src/errors.ts") && read(file).includes(`"${code}"`));

  test.each(codes)("%s is thrown somewhere, and a test sees it", (code) => {
    expect(
      using(code, (file) => !isTest(file)),
      "no source uses it: take it out of the table",
    ).not.toEqual([]);
    expect(using(code, isTest), "no test names it").not.toEqual([]);
  });
});
