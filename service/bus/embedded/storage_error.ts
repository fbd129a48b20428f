import { errorMessage } from "../../../data/common/errors.ts";

/**
 * Why the journal cannot be written.
 *
 * - `refused`: the disk is full, read-only or faulty, or another program holds a lock
 * - `removed`: the file that is open is no longer at its path
 * - `damaged`: the file has pages that SQLite cannot read
 */
export type StorageFault = "refused" | "removed" | "damaged";

/** Thrown for a commit that is to be made again, once what is at fault is mended. */
export class StorageError extends Error {
  override readonly name: string = "StorageError";

  /** @param message What happens and what to do, on one line. */
  constructor(readonly fault: StorageFault, message: string) {
    super(message);
  }
}

/** SQLite's words (`node:sqlite` gives no code for most errors), and what they mean to people. */
const FAULTS: readonly (readonly [words: string, fault: StorageFault, meaning: string])[] = [
  ["disk is full", "refused", "the disk is full; make room on it"],
  ["no space left", "refused", "the disk is full; make room on it"],
  ["quota exceeded", "refused", "the disk quota is used up; make room"],
  ["readonly database", "refused", "the disk or the file is read-only; make it writable"],
  ["read-only file system", "refused", "the disk is read-only; make it writable"],
  ["disk I/O error", "refused", "the disk reports I/O errors; check it"],
  ["input/output error", "refused", "the disk reports I/O errors; check it"],
  [
    "unable to open database",
    "refused",
    "it cannot be opened; check the disk, and that this user may write the file and its folder",
  ],
  ["permission denied", "refused", "this user may not write it; check the permissions"],
  ["requires write access", "refused", "its folder is gone; make it again"],
  ["database is locked", "refused", "another program holds a lock on it; end that program"],
  ["malformed", "damaged", "the file is damaged; restart the service, which keeps it aside"],
  ["not a database", "damaged", "the file is damaged: its header is not a journal's"],
];

/** What an error says of the storage; undefined when it is about something else. */
export function storageErrorOf(error: unknown): StorageError | undefined {
  if (error instanceof StorageError) return error;
  const message = errorMessage(error).toLowerCase();
  const known = FAULTS.find(([words]) => message.includes(words.toLowerCase()));
  if (known !== undefined) return new StorageError(known[1], known[2]);
  // The system's word on a file, which may be another in a moment.
  if (
    !(error instanceof Error && "code" in error && /^(ERR_FS_)?E[A-Z]+$/.test(String(error.code)))
  ) {
    return undefined;
  }
  return new StorageError("refused", errorMessage(error));
}

/** Whether an error says that pages of the file are damaged. */
export function isDamage(error: unknown): boolean {
  return storageErrorOf(error)?.fault === "damaged";
}
