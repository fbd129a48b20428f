/** State of this browser's connection to the service. Times are ms UTC of this browser. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** It is open, but nothing has come since then. */
  | { readonly state: "silent"; readonly since: number }
  /** `reason`: why, as a clause without a full stop. `retryAt`: time of the next attempt. */
  | {
    readonly state: "lost";
    readonly since: number;
    readonly reason: string;
    readonly retryAt: number;
  };

/** What a page tells the hub: the market that it shows, also when it is asked; null when it leaves. */
export type PageMessage = string | null;

/** What the hub tells a page. */
export type HubMessage =
  | { readonly kind: "link"; readonly link: Link }
  /** The market's events arrive from now on. Those before are to be loaded. */
  | { readonly kind: "opened" }
  /** The service does not know one of the markets that pages show. Who still shows one says so. */
  | { readonly kind: "refused" }
  /** An event of the feed; not validated. */
  | { readonly kind: "event"; readonly event: string; readonly value: unknown }
  /** The hub is alive. */
  | { readonly kind: "beat" };
