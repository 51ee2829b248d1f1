import { createHash } from "node:crypto";

export type NewId = (prefix: string) => string;

/** Ids in the API's form, `msg_01…`, the same in every run with the same seed. */
export function idSource(seed: string): NewId {
  let count = 0;
  return (prefix) => {
    count += 1;
    const name = createHash("sha256").update(`${seed} ${count}`).digest("base64url").replaceAll(/[-_]/g, "x");
    return `${prefix}_01${name.slice(0, 22)}`;
  };
}
