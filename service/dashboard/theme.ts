import { recall } from "./storage.ts";

// Runs before the first paint. A remembered theme overrides the system's.
const remembered = recall("theme");
if (remembered === "light" || remembered === "dark") {
  document.documentElement.dataset["theme"] = remembered;
}
