import { oneTurn } from "./one-turn.mjs";

export const turn = {
  async test(_controller, { SERVER }) {
    await oneTurn(SERVER);
  },
};
