import { BarAssembler, type BarAssemblerOptions } from "./bars/bar_assembler.ts";
import type { SymbolStatus } from "../../data/schema/status.ts";
import { TradeLine, type TradeLineOptions } from "./trade_line.ts";

/** What a symbol's pipeline needs of the session. */
export type SymbolPipelineOptions =
  & Omit<BarAssemblerOptions, "catchUp">
  & Omit<TradeLineOptions, "listener" | "from">;

/** One symbol's way from trades as they arrive to finished bars. */
export class SymbolPipeline {
  readonly line: TradeLine;
  readonly assembler: BarAssembler;
  readonly #symbol: string;

  constructor(options: SymbolPipelineOptions) {
    this.#symbol = options.symbol;
    this.assembler = new BarAssembler({ ...options, catchUp: () => this.line.catchUp() });
    this.line = new TradeLine({
      ...options,
      from: this.assembler.next,
      listener: this.assembler,
    });
  }

  /** A connection stands. */
  connected(): void {
    this.assembler.connected();
    this.line.connected();
  }

  /** What is known of the symbol's feed. */
  get status(): Omit<SymbolStatus, "audited_bars" | "mismatched_bars"> {
    const { line, assembler } = this;
    const { counts } = line;
    return {
      symbol: this.#symbol,
      last_trade_time: line.lastTime,
      last_bar: assembler.last?.timestamp ?? null,
      trades: counts.trades,
      gaps: counts.gaps,
      repaired_trades: counts.repaired,
      missing_trades: counts.lost,
      held: counts.held,
      duplicates: counts.duplicates,
      overlapped: counts.overlapped,
      late: assembler.late,
      problem: line.problem ?? assembler.problem,
    };
  }
}
