import { VERSION } from "../../../data/common/version.ts";
import { type Operation, OPERATIONS } from "./operations.ts";

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

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Text for people as HTML; what stands between backticks is code. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function table(caption: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(([name, text]) =>
    `<tr><th scope="row">${escape(name)}</th><td>${prose(text)}</td></tr>`
  );
  return `<table><caption>${caption}</caption>${lines.join("")}</table>`;
}

function section({ method, path, summary, parameters = [], answers, bearer }: Operation): string {
  const told = Object.entries(answers).map(([status, { description, json, list, text = [] }]) => {
    const shape = json === undefined ? [] : [list ? `list of ${json}` : json];
    return [status, `${description} (${[...shape, ...text].join(" or ")})`] as const;
  });
  return `<section><h2>${method.toUpperCase()} ${escape(path)}</h2>
<p>${prose(summary)}.${bearer ? " Needs <code>Authorization: Bearer ADMIN_TOKEN</code>." : ""}</p>
${table("Parameters", parameters.map(({ name, description }) => [name, description]))}
${table("Answers", told)}</section>`;
}

/** The page that tells people what the service can be asked for. */
export function docsPage(): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>MicroStream API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><h1>MicroStream API ${VERSION}</h1>
<p>The same for machines, with the shapes of all answers: <a href="/openapi.json">openapi.json</a>.
Errors are <code>application/problem+json</code> and say what is allowed.
<a href="/">The dashboard</a>.</p>
${OPERATIONS.map(section).join("\n")}
</body></html>
`;
}
