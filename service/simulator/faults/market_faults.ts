import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { MarketSource, MarketState } from "../source.ts";
import { type Stop, StoppedMarket, wholeMinutes } from "../stopped_market.ts";
import type { Clause, MarketFault } from "./plan.ts";
import { Timing } from "./timing.ts";

/** The stretches of one clause. */
interface Stretches {
  readonly fault: MarketFault;
  readonly timing: Timing;
}

/** The times at which markets are halted, or not known to the exchange. */
export class MarketFaults {
  readonly #stretches: readonly Stretches[];
  readonly #start: number;

  /** @param start Exchange time at which the clock starts, ms UTC. */
  constructor(clauses: readonly Clause<MarketFault>[], start: number) {
    this.#start = start;
    this.#stretches = clauses.map(({ fault, when }) => ({
      fault,
      timing: new Timing(when, start),
    }));
  }

  /** The markets with these faults; a source without one of them is returned as it is. */
  over(source: MarketSource): MarketSource {
    const symbols = new Set(this.#stretches.map(({ fault }) => fault.symbol));
    if (symbols.size === 0) return source;
    const stopped = new Map(
      Array.from(symbols).flatMap((symbol) => {
        const market = source.market(symbol);
        const stops = (until: number) => this.#stops(symbol, until);
        return market === undefined ? [] : [[symbol, new StoppedMarket(market, stops)]];
      }),
    );
    return {
      ...source,
      market: (symbol) => stopped.get(symbol) ?? source.market(symbol),
      stateAt: (symbol, time) => this.#stateAt(symbol, time),
    };
  }

  #stateAt(symbol: string, time: number): MarketState {
    const lasting = this.#stretchesOf(symbol, time).filter(({ to }) => time < to);
    if (lasting.some(({ kind }) => kind === "unlist")) return "unlisted";
    return lasting.length > 0 ? "halted" : "trading";
  }

  /** When a market does not trade: the stretches that begin up to a time, those that touch united. */
  #stops(symbol: string, until: number): readonly Stop[] {
    const stops: { from: number; to: number }[] = [];
    const stretches = this.#stretchesOf(symbol, until);
    for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
      const last = stops.at(-1);
      if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
      else stops.push({ from, to });
    }
    return stops;
  }

  /** The stretches of a market, in whole minutes, that begin up to a time. */
  #stretchesOf(symbol: string, until: number): readonly (Stop & Pick<MarketFault, "kind">)[] {
    return this.#stretches.filter(({ fault }) => fault.symbol === symbol)
      .flatMap(({ fault: { kind }, timing }) =>
        // A stretch that begins within the minute begins with the minute.
        timing.periods(until + MINUTE_MS).map((period) => {
          const { from, to } = wholeMinutes(period);
          // What is not listed at the start has never been.
          const isFirst = kind === "unlist" && period.from <= this.#start;
          return { kind, from: isFirst ? -Infinity : from, to };
        })
      ).filter(({ from }) => from <= until);
  }
}
