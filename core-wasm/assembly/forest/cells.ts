/**
 * A forest in tables. The thresholds of a tree on its features divide the space into **cells**,
 * boxes in which all rows end at the same leaf: 21 thresholds on each of 3 features make 22^3. A
 * row's cell follows from its ranks among the tree's thresholds, and these from its ranks among
 * those of all trees (forest_axis.ts), by a table. So a row takes a search a feature, and then for
 * each tree a few sums and two loads; nothing walks from node to node.
 *
 * Eight trees are a **group**, whose cells are found side by side in one register: the number of a
 * cell is (r0 w1 + r1) w2 + r2, with r the row's ranks in the tree and w the tree's cells along an
 * axis. A cell holds one byte, the number of its path length in a list.
 */
import { Axis } from "./axis";

/** Most features: each further one would take twenty times the cells. */
export const AXES: i32 = 3;
/** Trees in a group. */
export const GROUP_TREES: i32 = 8;

/** Eight trees; those that the last group lacks have one cell, of length 0. */
@unmanaged
export class Group {
  /** Cells of each tree along axis 1, u16x8. */
  width1: v128;
  /** Cells of each tree along axis 2, u16x8. */
  width2: v128;
  /** Address of the cells of trees 0 to 3, u32x4. */
  cells: v128;
  /** Address of the cells of trees 4 to 7, u32x4. */
  moreCells: v128;
  /**
   * Address of the ranks in the 8 trees, u8 each, of the lowest rank in all trees: along axis 0.
   * Those of the next rank are `rankBytes` further, so that one row finds the ranks of all groups
   * side by side.
   */
  ranks0: usize;
  /** The same along axis 1. */
  ranks1: usize;
  /** The same along axis 2. */
  ranks2: usize;
  /** Address of the path lengths, f64; groups share a list while it has room. */
  lengths: usize;
}

@unmanaged
export class Cells {
  axis0: Axis;
  axis1: Axis;
  axis2: Axis;
  /** Address of the first `Group`. */
  first: usize;
  /** Address after the last. */
  end: usize;
  /** Bytes of all groups' ranks of one rank in all trees. */
  rankBytes: i32;
}
