// Loaded before a program whose life hangs on the process that started it: when that one is gone, however it went, standard input closes.
process.stdin.on("close", () => process.exit(0));
process.stdin.resume();
process.stdin.unref?.();
