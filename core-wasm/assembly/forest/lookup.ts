/** Sums of path lengths from the tables of cells.ts. */
import { Axis, rankOf } from "./axis";
import { Cells, Group } from "./cells";

/** Rows of a block: each group takes a whole block, while its tables are in the cache. */
const BLOCK: i32 = 2048;

/** Offset of each row's ranks in the tables of a group, bytes: three u32 per row. */
const offsets: usize = memory.data(2048 * 12, 64);
const OFFSETS_BYTES: usize = 12;
/** Addresses of each row's cells in the trees of a group: eight u32 per row. */
const found: usize = memory.data(2048 * 32, 64);
const FOUND_BYTES: usize = 32;

/** Offset of the ranks of a value; 0 when the row lacks the feature. */
function offsetOf(axis: Axis, value: usize, isPresent: bool, rankBytes: i32): usize {
  return isPresent ? rankOf(axis, load<f64>(value) as f32) * rankBytes : 0;
}

/** Finds the offsets of rows. */
function findOffsets(cells: Cells, rows: usize, count: i32, dims: i32): void {
  const rankBytes = cells.rankBytes;
  const end = offsets + (count as usize) * OFFSETS_BYTES;
  for (let at = offsets; at < end; at += OFFSETS_BYTES) {
    store<usize>(at, offsetOf(cells.axis0, rows, true, rankBytes));
    store<usize>(at, offsetOf(cells.axis1, rows + 8, dims > 1, rankBytes), 4);
    store<usize>(at, offsetOf(cells.axis2, rows + 16, dims > 2, rankBytes), 8);
    rows += dims << 3;
  }
}

/** r0 w1 + r1 in the trees of a group, u16x8. */
function columnsOf(ranks0: usize, ranks1: usize, width1: v128): v128 {
  return i16x8.add(i16x8.mul(v128.load_ext<u8>(ranks0), width1), v128.load_ext<u8>(ranks1));
}

/** Cells in trees 0 to 3 of a group: their first cells + columns w2 + r2, u32x4. */
function cellsOf(first: v128, columns: v128, width2: v128, ranks2: v128): v128 {
  const products = i32x4.extmul_low_i16x8_u(columns, width2);
  return i32x4.add(i32x4.add(products, first), i32x4.extend_low_i16x8_u(ranks2));
}

/** Cells in trees 4 to 7 of a group. */
function moreCellsOf(first: v128, columns: v128, width2: v128, ranks2: v128): v128 {
  const products = i32x4.extmul_high_i16x8_u(columns, width2);
  return i32x4.add(i32x4.add(products, first), i32x4.extend_high_i16x8_u(ranks2));
}

/** Finds the cells of rows in the trees of a group. */
function findCells(group: Group, count: i32): void {
  // Local copies: after a store the compiler would load the group's fields again.
  const tables0 = group.ranks0;
  const tables1 = group.ranks1;
  const tables2 = group.ranks2;
  const width1 = group.width1;
  const width2 = group.width2;
  const first = group.cells;
  const more = group.moreCells;
  const end = offsets + (count as usize) * OFFSETS_BYTES;
  let to = found;
  for (let at = offsets; at < end; at += OFFSETS_BYTES) {
    const ranks0 = tables0 + load<usize>(at);
    const columns = columnsOf(ranks0, tables1 + load<usize>(at, 4), width1);
    const ranks2 = v128.load_ext<u8>(tables2 + load<usize>(at, 8));
    v128.store(to, cellsOf(first, columns, width2, ranks2));
    v128.store(to, moreCellsOf(more, columns, width2, ranks2), 16);
    to += FOUND_BYTES;
  }
}

/** Path length of a cell. */
function lengthOf(lengths: usize, cell: usize): f64 {
  return load<f64>(lengths + ((load<u8>(cell) as usize) << 3));
}

/** Adds the path lengths of rows in a group's trees to sums. */
function addLengths(lengths: usize, sums: usize, count: i32): void {
  const end = sums + (count << 3);
  let cells = found;
  for (; sums < end; sums += 8) {
    let sum = load<f64>(sums);
    sum += lengthOf(lengths, load<usize>(cells));
    sum += lengthOf(lengths, load<usize>(cells, 4));
    sum += lengthOf(lengths, load<usize>(cells, 8));
    sum += lengthOf(lengths, load<usize>(cells, 12));
    sum += lengthOf(lengths, load<usize>(cells, 16));
    sum += lengthOf(lengths, load<usize>(cells, 20));
    sum += lengthOf(lengths, load<usize>(cells, 24));
    sum += lengthOf(lengths, load<usize>(cells, 28));
    store<f64>(sums, sum);
    cells += FOUND_BYTES;
  }
}

/** Adds to a sum the path lengths of the first row in the trees of a group. */
function addOneRow(sum: f64, group: Group): f64 {
  const ranks0 = group.ranks0 + load<usize>(offsets);
  const columns = columnsOf(ranks0, group.ranks1 + load<usize>(offsets, 4), group.width1);
  const ranks2 = v128.load_ext<u8>(group.ranks2 + load<usize>(offsets, 8));
  const lengths = group.lengths;
  const cells = cellsOf(group.cells, columns, group.width2, ranks2);
  sum += lengthOf(lengths, i32x4.extract_lane(cells, 0));
  sum += lengthOf(lengths, i32x4.extract_lane(cells, 1));
  sum += lengthOf(lengths, i32x4.extract_lane(cells, 2));
  sum += lengthOf(lengths, i32x4.extract_lane(cells, 3));
  const more = moreCellsOf(group.moreCells, columns, group.width2, ranks2);
  sum += lengthOf(lengths, i32x4.extract_lane(more, 0));
  sum += lengthOf(lengths, i32x4.extract_lane(more, 1));
  sum += lengthOf(lengths, i32x4.extract_lane(more, 2));
  return sum + lengthOf(lengths, i32x4.extract_lane(more, 3));
}

/** Sums of the path lengths of a block of rows, in tree order. */
function sumBlock(cells: Cells, rows: usize, count: i32, dims: i32, sums: usize): void {
  findOffsets(cells, rows, count, dims);
  if (count == 1) {
    let sum = 0.0;
    for (let at = cells.first; at < cells.end; at += offsetof<Group>()) {
      sum = addOneRow(sum, changetype<Group>(at));
    }
    store<f64>(sums, sum);
    return;
  }
  memory.fill(sums, 0, (count as usize) << 3);
  for (let at = cells.first; at < cells.end; at += offsetof<Group>()) {
    const group = changetype<Group>(at);
    findCells(group, count);
    addLengths(group.lengths, sums, count);
  }
}

/**
 * Sums of the path lengths of many rows, in tree order.
 *
 * @param rows f64, row after row
 * @param sums output, an f64 per row
 */
export function sumByCells(cells: Cells, rows: usize, count: i32, dims: i32, sums: usize): void {
  for (let done = 0; done < count; done += BLOCK) {
    const block = rows + ((done * dims) << 3);
    sumBlock(cells, block, min(BLOCK, count - done), dims, sums + (done << 3));
  }
}
