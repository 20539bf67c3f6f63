/** Holds the types that the npm package publishes as `certgate/checker` to what the element is. Nothing imports this. */

import type * as published from "../../../node/types/checker.js";
import * as own from "./index.js";

export const matches: typeof published = own;
