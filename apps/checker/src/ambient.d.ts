declare module "*.xz" {
  const packed: string;
  export default packed;
}
declare module "*.yaml" {
  const text: string;
  export default text;
}
declare module "*.pem" {
  const text: string;
  export default text;
}
declare module "*.css" {
  const text: string;
  export default text;
}
