/** The module `certgate-checker.js`: importing it does nothing, `define()` makes the element known. */

export { CertgateChecker, define } from "./element.js";
