/** Rules of this project for `deno lint`: the direction of imports, and the form of messages. */
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { INSERTED, judgeMessage } from "./messages.ts";
import { refuseImport } from "./rooms.ts";
import { TOLERATED_MESSAGES } from "./tolerated.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Path from the project's folder, with slashes. */
function pathOf(file: string): string {
  return relative(ROOT, file).replaceAll("\\", "/");
}

const oneWayImports: Deno.lint.Rule = {
  create(context) {
    const from = pathOf(context.filename);
    const check = (node: Deno.lint.Node, source: Deno.lint.Node | null) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      if (!source.value.startsWith(".")) return;
      const to = pathOf(resolve(dirname(context.filename), source.value));
      const message = refuseImport(from, to);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType(node) {
        const { argument } = node;
        if (argument.type === "TSLiteralType") check(node, argument.literal);
      },
    };
  },
};

/** Classes whose messages reach people as they are; others carry reasons that are put into such. */
const CHECKED = /^(?:Aggregate|Range|Reference|Syntax|Type|URI|Usage)?Error$/;

/** The text of a message as far as the source shows it; undefined where it does not. */
function textOf(node: Deno.lint.Node): string | undefined {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? node.value : undefined;
    case "TemplateLiteral":
      return node.quasis.map(({ cooked }) => cooked).join(INSERTED);
    case "BinaryExpression":
      return node.operator === "+"
        ? (textOf(node.left) ?? INSERTED) + (textOf(node.right) ?? INSERTED)
        : undefined;
    default:
      return undefined;
  }
}

const errorMessages: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context.filename);
    // Tests speak to their authors, and examples are programs of their own.
    if (/^(test|examples)\//.test(path) || TOLERATED_MESSAGES.has(path)) return {};
    return {
      NewExpression(node) {
        const { callee, arguments: [message] } = node;
        if (callee.type !== "Identifier" || !CHECKED.test(callee.name)) return;
        const text = message === undefined ? "" : textOf(message);
        const fault = text === undefined ? undefined : judgeMessage(text);
        if (fault !== undefined) context.report({ node, message: fault });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "microstream",
  rules: { "one-way-imports": oneWayImports, "error-messages": errorMessages },
};

export default plugin;
