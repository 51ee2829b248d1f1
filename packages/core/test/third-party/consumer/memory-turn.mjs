import { oneTurn } from "./one-turn.mjs";

await oneTurn(process.argv[2]);
