import type { Judge } from "./judge.ts";

/** Law 2. An entry that was once seen is there, as it was, in every later look at the store. */
export const appendOnly: Judge = ({ changed }) => changed;
