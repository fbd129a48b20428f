import type { SocketEnd, StreamSink } from "../../service/exchanges/exchange.ts";
import type { Trade } from "../../data/schema/trade.ts";

/** Writes down what a stream delivers. */
export class RecordingSink implements StreamSink {
  /** One entry an event, in order. */
  readonly events: string[] = [];
  /** Why sockets ended. */
  readonly ends: SocketEnd[] = [];

  trade({ id }: Trade, overlapping: boolean): void {
    this.events.push(`${overlapping ? "overlapping " : ""}${id}`);
  }

  invalid(reason: string): void {
    this.events.push(`invalid ${reason}`);
  }

  connected(): void {
    this.events.push("connected");
  }

  disconnected(_symbols: readonly string[], end: SocketEnd): void {
    this.events.push("disconnected");
    this.ends.push(end);
  }

  handedOver(): void {
    this.events.push("handed over");
  }

  /** Whether there were trades in the silence of a socket; there were, unless a test says otherwise. */
  missed: () => Promise<boolean> = () => Promise.resolve(true);

  missedTrades(): Promise<boolean> {
    return this.missed();
  }

  /** Number of events with this text. */
  count(event: string): number {
    return this.events.filter((other) => other === event).length;
  }
}
