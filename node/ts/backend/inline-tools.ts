/** The module of the tools as base64: beside the inline entry, so that only those have it who use a tool. */

export { default } from "../../build/wasm/certgate_wasm_tools_bg.wasm";
