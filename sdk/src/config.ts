/** Checks what the host page passed to init, before anything is sent or stored. */

import type { TinyConfig } from "./tiny-analytics";

/** The name of the first setting that is missing or malformed. */
export const faultOf = ({ publicKey, apiHost }: TinyConfig): string | false =>
  !/^pk_[\w-]+$/.test(publicKey) ? "publicKey" : !/^https?:\/\/[^\s?#]+$/.test(apiHost) && "apiHost";
