/** The feature inputs of a bar, as the host writes them: f64, one after the other. */
@unmanaged
export class Bar {
  open: f64;
  high: f64;
  low: f64;
  close: f64;
  /** Base currency traded. */
  volume: f64;
}
