/**
 * A forest as lookup tables. A tree's thresholds divide the feature space into **cells**: boxes in
 * which all rows reach the same leaf; 21 thresholds on each of 3 features make 22^3. A row's cell
 * follows from its ranks among the tree's thresholds; a table maps its ranks among the thresholds
 * of all trees (axis.ts) to these. So a row needs one search per feature, then a few additions and
 * two loads per tree, and never walks from node to node.
 *
 * Eight trees form a **group**, whose cells are computed together in one vector: the index of a
 * cell is (r0 w1 + r1) w2 + r2, with r the row's ranks in the tree and w the tree's cells along an
 * axis. A cell holds one byte, the index of its path length in a list.
 */
import { Axis } from "./axis";

/** Most features: each further feature would multiply the cells by twenty. */
export const AXES: i32 = 3;
/** Trees in a group. */
export const GROUP_TREES: i32 = 8;

/** Eight trees. The last group is padded with trees of one cell, of length 0. */
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
   * Address of the ranks along axis 0 in the 8 trees, u8 each, for overall rank 0. Those of the
   * next overall rank are `rankBytes` further, so that a row finds the ranks of all groups
   * together.
   */
  ranks0: usize;
  /** The same along axis 1. */
  ranks1: usize;
  /** The same along axis 2. */
  ranks2: usize;
  /** Address of the path lengths, f64. Groups share a list until it is full. */
  lengths: usize;
}

@unmanaged
export class Cells {
  axis0: Axis;
  axis1: Axis;
  axis2: Axis;
  /** Address of the first `Group`. */
  first: usize;
  /** Address after the last `Group`. */
  end: usize;
  /** Bytes of all groups' ranks for one overall rank. */
  rankBytes: i32;
}
