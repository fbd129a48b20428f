import { remember } from "../storage.ts";
import { byId, setAttribute } from "./dom.ts";

/** The button for the dark and the light theme. The choice is remembered and overrides the system's. */
export function createThemeToggle(): void {
  const button = byId("theme", HTMLButtonElement);
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const chosen = root.dataset["theme"];
    return chosen === undefined ? system.matches : chosen === "dark";
  };
  const describe = () => {
    const action = isDark() ? "Switch to the light theme" : "Switch to the dark theme";
    setAttribute(button, "aria-label", action);
    setAttribute(button, "title", action);
  };
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset["theme"] = theme;
    remember("theme", theme);
    describe();
  });
  system.addEventListener("change", describe);
  describe();
}
