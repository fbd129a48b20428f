/** Sends the clients what happens on the exchange, as its clock runs. */
export interface Feed {
  /** Exchange time up to which (exclusive) everything has been sent, ms UTC. */
  readonly sentUntil: number;
  /** Sends what has happened since the last pass. */
  pass(): void;
}
