export { type PartialInput, partialInputs } from "./partial-inputs.ts";
