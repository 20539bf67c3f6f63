/** Starting workers, in browsers and in Node. Their program stands within this one: no file is looked for. */

import program from "../../build/worker.txt";
import type { Order, Reply } from "./worker.js";

/** A worker, whatever kind it is. */
export interface Thread {
  post(order: Order): void;
  /** Whether the program may end while the worker runs. */
  hold(busy: "busy" | "idle"): void;
  end(): void;
}

/** What a worker tells. */
export interface Listener {
  onReply(reply: Reply): void;
  onFault(message: string): void;
}

type NodeWorkers = typeof import("node:worker_threads");

/** Starts a worker; undefined where there are none. */
export function startThread(listener: Listener): Thread | undefined {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    return inNode(node, listener);
  }
  return typeof Worker === "function" ? inBrowser(listener) : undefined;
}

/** How many there should be. */
export function cores(): number {
  const many = globalThis.navigator?.hardwareConcurrency ?? globalThis.process?.getBuiltinModule?.("node:os").availableParallelism();
  return Math.max(1, Math.min(many ?? 1, 8));
}

function inNode({ Worker: NodeWorker }: NodeWorkers, { onReply, onFault }: Listener): Thread {
  const worker = new NodeWorker(program, { eval: true, stdout: false, stderr: false });
  worker.on("message", onReply);
  worker.on("error", (error) => onFault(String(error)));
  return {
    post: (order) => worker.postMessage(order),
    hold: (busy) => (busy === "busy" ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

let address: unknown;

/** The program as a blob, under a policy of trusted types named `certgate` where those are asked for. */
function programAddress(): string {
  if (address === undefined) {
    const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    const policy = trustedTypes?.createPolicy("certgate", { createScriptURL: (given) => given });
    address = policy === undefined ? url : policy.createScriptURL(url);
  }
  return address as string;
}

function inBrowser({ onReply, onFault }: Listener): Thread | undefined {
  let worker: Worker;
  try {
    worker = new Worker(programAddress());
  } catch {
    // A page whose content security policy has no workers of blobs.
    return undefined;
  }
  worker.onmessage = ({ data }) => onReply(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    onFault(event.message ?? "the worker cannot be started");
  };
  return { post: (order) => worker.postMessage(order), hold: () => {}, end: () => worker.terminate() };
}
