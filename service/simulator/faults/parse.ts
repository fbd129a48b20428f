import type { Draft, Form } from "./form.ts";
import { FORMS } from "./forms.ts";
import type { FaultPlan, When } from "./plan.ts";
import { isRate, parseDuration, parseInstants, parseRate } from "./values.ts";

/** The words for time and chance, by the kind of a form. */
const WHEN_WORDS: Readonly<Record<Form["when"], readonly string[]>> = {
  CHANCE: ["RATE", "at", "every", "for"],
  STRETCH: ["at", "every", "for"],
  MOMENTS: ["RATE", "at", "every"],
  "": [],
};

/** The words that may follow a name and its value. */
function allowedWords(form: Form): string[] {
  return [...WHEN_WORDS[form.when], ...form.details];
}

/** Reads the parts after a name and its value, in any order. */
function readParts(words: readonly string[], form: Form): [When, Map<string, string>] {
  const allowed = allowedWords(form);
  const texts = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const key = isRate(word) ? "RATE" : word;
    if (!allowed.includes(key)) {
      const list = allowed.length > 0 ? `allowed are ${allowed.join(", ")}` : "nothing may follow";
      throw new SyntaxError(`"${word}" must not be here: ${list}`);
    }
    if (texts.has(key)) throw new SyntaxError(`${key} is given twice`);
    const text = key === "RATE" ? word : words[++i];
    if (text === undefined) throw new SyntaxError(`something must follow "${word}"`);
    texts.set(key, text);
  }
  const [rate, at, every, lasting] = ["RATE", "at", "every", "for"].map((key) => texts.get(key));
  const when: When = {
    ...(rate !== undefined && { rate: parseRate(rate) }),
    ...(at !== undefined && { at: parseInstants(at) }),
    ...(every !== undefined && { every: parseDuration(every) }),
    ...(lasting !== undefined && { lasting: parseDuration(lasting) }),
  };
  checkWhen(when, form);
  return [when, texts];
}

/** @throws SyntaxError for parts that are missing or exclude each other. */
function checkWhen({ rate, at, every, lasting }: When, form: Form): void {
  const times = at ?? every;
  if (at !== undefined && every !== undefined) {
    throw new SyntaxError("at and every must not be given together");
  }
  if (form.when === "MOMENTS" && rate !== undefined && times !== undefined) {
    throw new SyntaxError("a rate and times must not be given together here");
  }
  if (form.when !== "" && !form.optionalWhen && (rate ?? times) === undefined) {
    throw new SyntaxError(`it must say when: ${WHEN_WORDS[form.when].join(", ")}`);
  }
  if (form.when !== "MOMENTS" && every !== undefined && !(lasting && lasting < every)) {
    throw new SyntaxError('every must have "for" with a shorter duration here');
  }
  if (lasting !== undefined && times === undefined) {
    throw new SyntaxError('for must have "at" or "every"');
  }
}

/** @throws SyntaxError when a form wants a value and there is another word in its place. */
function readValue(word: string | undefined, form: Form): string | undefined {
  if (!form.takesValue) return undefined;
  if (word !== undefined && !allowedWords(form).includes(word)) return word;
  throw new SyntaxError(`it must have a value${word === undefined ? "" : ` before "${word}"`}`);
}

function findForm(words: readonly string[]): { form: Form; rest: readonly string[] } {
  const two = FORMS.get(words.slice(0, 2).join(" "));
  if (two) return { form: two, rest: words.slice(2) };
  const one = FORMS.get(words[0] ?? "");
  const more = [...FORMS.keys()].filter((name) => name.startsWith(`${words[0]} `));
  if (more.length > 0 && !/^\d/.test(words[1] ?? "")) {
    throw new SyntaxError(`it must be one of ${words[0]} STATUS, ${more.join(", ")}`);
  }
  if (one) return { form: one, rest: words.slice(1) };
  throw new SyntaxError(`it must be one of ${[...FORMS.keys()].join(", ")}`);
}

function readClause(clause: string, index: number, draft: Draft): void {
  const words = clause.replace(/^seed\s*=/, "seed ").split(/\s+/);
  const { form, rest } = findForm(words);
  try {
    const value = readValue(rest[0], form);
    const [when, details] = readParts(form.takesValue ? rest.slice(1) : rest, form);
    form.add({ when, index, value, details }, draft);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`${error.message}; the form is: ${form.usage}`);
  }
}

/**
 * Parses a specification of faults in the language of {@link FAULTS_HELP}.
 *
 * @throws SyntaxError, one line, with the clause, its value and what is allowed.
 */
export function parseFaults(text: string): FaultPlan {
  const draft: Draft = { seed: 1, frames: [], connections: [], http: [], times: [], markets: [] };
  const clauses = text.replace(/#.*$/gm, "").split(/[;\n]/)
    .map((clause) => clause.trim()).filter((clause) => clause !== "");
  for (const [index, clause] of clauses.entries()) {
    try {
      readClause(clause, index, draft);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(`Cannot read the fault "${clause}": ${error.message}`);
    }
  }
  return draft;
}
