import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";

function mount(folder: string, mebibytes: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], {
    stdio: "ignore",
  });
}

function unmount(folder: string): void {
  execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
  rmSync(folder, { recursive: true, force: true });
}

function mayMount(): boolean {
  if (process.platform !== "linux") return false;
  const folder = mkdtempSync(join(tmpdir(), "microstream-disk-"));
  try {
    mount(folder, 1);
    unmount(folder);
    return true;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return false;
  }
}

/** Whether a disk of a test's own can be made here: on Linux, as root, where mounts are allowed. */
export const CAN_MOUNT = mayMount();

/** A real small file system in memory that can be filled. */
export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  /** Mounts it until the running test ends. */
  constructor(mebibytes = 20) {
    this.folder = mkdtempSync(join(tmpdir(), "microstream-disk-"));
    this.#ballast = join(this.folder, "ballast");
    mount(this.folder, mebibytes);
    onTestFinished(() => unmount(this.folder));
  }

  /** Takes every byte that is free. */
  fill(): void {
    for (const bytes of [1 << 20, 1 << 12]) {
      const block = new Uint8Array(bytes);
      for (;;) {
        try {
          writeFileSync(this.#ballast, block, { flag: "a" });
        } catch {
          break;
        }
      }
    }
  }

  /** Gives back what was taken. */
  makeRoom(): void {
    if (existsSync(this.#ballast)) rmSync(this.#ballast);
  }
}
