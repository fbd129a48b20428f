import { recall } from "./storage.ts";

// Runs before the first paint: a remembered theme wins over the system's.
const remembered = recall("theme");
if (remembered === "light" || remembered === "dark") {
  document.documentElement.dataset["theme"] = remembered;
}
