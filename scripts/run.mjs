// The entry of `npm start` and `npm test`. It is parsed by whatever Node the machine has, so it keeps to old syntax and loads the rest
// only when that Node is new enough.
import { nodeTooOld } from "./node-version.mjs";

const problem = nodeTooOld(process.versions.node);
if (problem) {
  process.stderr.write(problem + "\n");
  process.exitCode = 1;
} else {
  void import("./command.mjs").then(function (module) {
    return module.run(process.argv[2], process.argv.slice(3));
  });
}
