declare module "*.yaml" {
  const text: string;
  export default text;
}

declare module "*.txt" {
  const text: string;
  export default text;
}

declare module "*.wasm" {
  const base64: string;
  export default base64;
}

declare const CERTGATE_VERSION: string;
declare module "*.json?text" {
  const text: string;
  export default text;
}
