// Old syntax on purpose: an old Node has to read this file in order to be told that it is old.

/** The oldest Node that can do the set-up. */
export const SET_UP_NODE = "20.0.0";

/** The oldest Node that can run Antiphon itself: the first whose `node:sqlite` needs no flag. */
export const RUNTIME_NODE = "22.13.0";

/** One line for a person whose Node cannot do the set-up; undefined when it can. */
export function nodeTooOld(version) {
  if (isAtLeast(version, SET_UP_NODE)) return undefined;
  return "antiphon: this is Node " + version + ", and the set-up needs Node 20 or newer; install a newer Node and run the command again.";
}

/** Whether `version` ("26.10.0") is `least` or newer. A pre-release counts as its release. */
export function isAtLeast(version, least) {
  const have = version.split(".").map(function (part) {
    return parseInt(part, 10);
  });
  const want = least.split(".").map(Number);
  for (let i = 0; i < 3; i += 1) {
    if (have[i] !== want[i]) return have[i] > want[i];
  }
  return true;
}
