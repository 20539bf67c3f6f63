/** The program of a worker: it does one job after the other with a WebAssembly engine of its own. */

import * as main from "../../build/wasm/certgate_wasm.js";
import { type Answers, check, type Job, makeVerifier, verify } from "./slices.js";

/** What a worker is sent: first the compiled module, then jobs. */
export type Order = { module: WebAssembly.Module } | { job: Job };

/** What a worker sends back for each job; `fault` if the engine broke. */
export type Reply = { answers: Answers } | { fault: string };

interface Port {
  postMessage(reply: Reply): void;
}

/** The policy or verifier of the last job, which is most likely that of the next. */
let last: { key: string; policy?: main.Policy; verifier?: main.Verifier } | undefined;

function work(job: Job): Answers {
  if (last?.key !== job.key) {
    last?.policy?.free();
    last?.verifier?.free();
    last = undefined;
    last = job.kind === "check" ? { key: job.key, policy: main.loadPolicy(job.policy) } : { key: job.key, verifier: makeVerifier(main, job.verifier) };
  }
  if (job.kind === "check") {
    return check(last.policy as main.Policy, job.slice);
  }
  return verify(main, last.verifier as main.Verifier, job.slice);
}

function serve(port: Port, order: Order): void {
  if ("module" in order) {
    main.initSync({ module: order.module });
    return;
  }
  let reply: Reply;
  try {
    reply = { answers: work(order.job) };
  } catch (error) {
    const text = error !== null && typeof error === "object" && "error" in error ? JSON.stringify(error) : String(error);
    reply = { fault: text };
  }
  port.postMessage(reply);
}

const builtin = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (builtin?.parentPort) {
  const port = builtin.parentPort;
  port.on("message", (order: Order) => serve(port, order));
} else {
  const port = globalThis as unknown as Port & { onmessage: (event: { data: Order }) => void };
  port.onmessage = ({ data }) => serve(port, data);
}
