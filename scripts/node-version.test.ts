import { expect, test } from "vitest";
import { isAtLeast, nodeTooOld } from "./node-version.mjs";

test.each(["14.21.3", "18.20.8", "19.9.0"])("Node %s is told that it is too old", (version) => {
  expect(nodeTooOld(version)).toBe(
    `antiphon: this is Node ${version}, and the set-up needs Node 20 or newer; install a newer Node and run the command again.`,
  );
});

test.each(["20.0.0", "20.20.2", "22.13.0", "26.10.0", "100.0.0"])("Node %s can do the set-up", (version) => {
  expect(nodeTooOld(version)).toBeUndefined();
});

test("versions compare by number, part by part", () => {
  expect(isAtLeast("22.9.0", "22.13.0")).toBe(false);
  expect(isAtLeast("22.13.0", "22.13.0")).toBe(true);
  expect(isAtLeast("23.0.0", "22.13.0")).toBe(true);
  expect(isAtLeast("22.13.0-nightly", "22.13.0")).toBe(true);
});
