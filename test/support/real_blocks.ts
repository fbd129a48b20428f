/** The 12 blocks of BTCUSDT spot bars that the shipped models were fitted to, as shared data. */
export const REAL_BLOCKS = [
  "20220615-20220719",
  "20230101-20230128",
  "20230316-20230324",
  "20230324-20230505",
  "20230826-20230929",
  "20230930-20231030",
  "20240101-20240121",
  "20240212-20240317",
  "20241001-20241104",
  "20250101-20250204",
  "20250301-20250401",
  "20250520-20250818",
].map((period) => `klines/BTCUSDT-spot-1m-ohlcv-${period}.csv.gz`);
