import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { z } from "zod";
import type { OpenApiDocument } from "./document.ts";

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 820px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 24px; }
section { margin-top: 28px; padding-top: 12px; border-top: 1px solid #8886; }
h2 { margin: 0; font: 600 15px ui-monospace, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin-top: 8px; }
th, td { padding: 4px 12px 4px 0; text-align: left; vertical-align: top; }
th { width: 150px; font: 13px ui-monospace, monospace; }
caption { text-align: left; font-size: 12px; opacity: 0.75; }
p { margin: 4px 0; }
`;

/** Allows the page's style, and no other, in a content security policy. */
export const DOCS_STYLE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

const reference = z.object({ $ref: z.string() });
const shape = z.union([
  reference,
  z.object({ type: z.literal("array"), items: reference }),
  z.object({ type: z.literal("string") }),
]);

/** As much of an operation of OpenAPI as the page shows, in the forms that this service uses. */
const operation = z.object({
  summary: z.string(),
  parameters: z.array(z.object({ name: z.string(), description: z.string() })).default([]),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string(),
      content: z.record(z.string(), z.object({ schema: shape })),
    }),
  ),
  security: z.array(z.unknown()).default([]),
});
const paths = z.record(z.string(), z.record(z.string(), operation));

type Html = ReturnType<typeof html>;

/** Text for people as HTML; what stands between backticks is code. */
function prose(text: string): Html[] {
  return text.split("`").map((part, i) => i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`);
}

function table(caption: string, rows: readonly (readonly [name: string, text: string])[]) {
  if (rows.length === 0) return "";
  const lines = rows.map(([name, text]) =>
    html`
      <tr>
        <th scope="row">${name}</th>
        <td>${prose(text)}</td>
      </tr>
    `
  );
  return html`<table><caption>${caption}</caption>${lines}</table>`;
}

/** The name of an answer's shape; its media type when it is text. */
function nameOf(mediaType: string, schema: z.infer<typeof shape>): string {
  if ("items" in schema) return `list of ${nameOf(mediaType, schema.items)}`;
  return "$ref" in schema ? schema.$ref.replace(/^.*\//, "") : mediaType;
}

function section(method: string, path: string, described: z.infer<typeof operation>): Html {
  const answers = Object.entries(described.responses).map(([status, answer]) => {
    const shapes = Object.entries(answer.content).map(([type, { schema }]) => nameOf(type, schema));
    return [status, `${answer.description} (${shapes.join(" or ")})`] as const;
  });
  const token = described.security.length === 0 ? "" : html`
    Needs <code>Authorization: Bearer ADMIN_TOKEN</code>.
  `;
  return html`
    <section><h2>${method.toUpperCase()} ${path}</h2>
    <p>${prose(described.summary)}.${token}</p>
    ${table("Parameters", described.parameters.map(({ name, description }) => [name, description]))}
    ${table("Answers", answers)}</section>
  `;
}

/** The page that tells people which requests the service answers. */
export function docsPage(document: OpenApiDocument): Html {
  const sections = Object.entries(paths.parse(document.paths)).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, described]) => section(method, path, described))
  );
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>MicroStream API</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <style>${raw(STYLE)}</style>
      </head>
      <body><h1>MicroStream API ${document.info.version}</h1>
    <p>The same for machines, with the shapes of all answers: <a href="/openapi.json">openapi.json</a>.
    Errors are <code>application/problem+json</code> and say what is allowed.
    <a href="/">The dashboard</a>.</p>
    ${sections}</body>
    </html>
  `;
}
