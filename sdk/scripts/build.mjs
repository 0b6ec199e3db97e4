/** `npm run build`: writes dist/. */

import { buildInto, dist } from "./forms.mjs";

await buildInto(dist);
