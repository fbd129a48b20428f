import type { ModelDescription } from "../../data/schema/model.ts";
import type { Status } from "../../data/schema/status.ts";
import type { RecordStore } from "../bus/record_store.ts";

/** What the HTTP interface shows of the service: the latest that arrived over the bus. */
export interface ServiceView {
  /** State of the feed and of the models. */
  readonly status: Status;
  /** The live models, the primary first. */
  readonly models: readonly ModelDescription[];
  /** Records of the current source; undefined before the first source has started. */
  readonly store: Pick<RecordStore, "history"> | undefined;
}

/** The administration of the models. */
export interface ModelAdministration {
  /**
   * Reads the artifact files again and promotes what they hold.
   *
   * @throws Error with the reason when they cannot be used; the models before stay live then.
   */
  reload(): Promise<void>;
}
