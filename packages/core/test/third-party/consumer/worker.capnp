using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (
      name = "main",
      worker = (
        modules = [(name = "main", esModule = embed "worker.bundle.mjs")],
        bindings = [(name = "SERVER", fromEnvironment = "SERVER")],
        compatibilityDate = "2026-11-01",
      ),
    ),
    (name = "internet", network = (allow = ["private"])),
  ],
);
