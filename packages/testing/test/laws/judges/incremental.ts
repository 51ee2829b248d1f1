import type { Judge } from "./judge.ts";

/** What a handle sends, however long it has lived and whatever it keeps, is what its path alone stands for, byte for byte. */
export const incremental: Judge = ({ projections }) =>
  projections
    .filter(({ byHandle, byPath }) => byHandle !== byPath)
    .map(({ step, byHandle, byPath }) => `behind ${step}: ${byHandle} is not ${byPath}`);
