/** What the npm package publishes as `certgate/checker`: importing it does nothing, `define()` makes the element known. */

export { CertgateChecker, define } from "./element.js";
