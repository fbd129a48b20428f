/** Version of MicroStream; artifacts tell which one fitted them. */
export const VERSION = "0.1.0";
