export interface TextLineStreamOptions {
  /** Whether a lone carriage return ends a line; false by default. */
  readonly allowCR?: boolean;
}

/** Splits text into lines, without their ends (`\n` or `\r\n`). */
export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: TextLineStreamOptions);
}
