import { argumentFault } from "./error.js";
import type { SetDecisionView } from "./generated/views.js";
import { type EvaluateOptions, type Policy, sourceOf } from "./policy.js";
import type { Request } from "./request.js";
import { kept, runTool } from "./tools.js";
import { describe, fieldsOf, type Input, listOf, toContext, toText, toTime } from "./values.js";

/** How several policies decide together. */
export interface PolicySetOptions {
  /** `any` (default): the first that allows; `all`: every one that is applicable must allow; `named`: one decides alone. */
  combine?: SetDecisionView["combination"];
  /** With `named`: the id of the policy that decides. */
  name?: string;
}

/** Several policies that decide together. */
export class PolicySet {
  /** The policies, in order. */
  readonly policies: readonly Policy[];

  /** `any`, `all` or `named`. */
  readonly combine: SetDecisionView["combination"];

  /** With `named`: the id of the policy that decides. */
  readonly name: string | undefined;

  /** @throws {CertgateError} what is no policy; a name without `named`, and the reverse */
  constructor(policies: readonly Policy[], options?: PolicySetOptions) {
    const { combine = "any", name } = fieldsOf(options, ["combine", "name"], "options");
    this.policies = listOf(policies, "policies");
    this.policies.forEach((policy, index) => sourceOf(policy, "policies", index));
    this.combine = combine;
    this.name = name === undefined ? undefined : toText(name, "name");
    if (combine !== "any" && combine !== "all" && combine !== "named") {
      throw argumentFault(["combine"], `must be any, all or named, not ${describe(combine)}`);
    }
    if ((this.name !== undefined) !== (combine === "named")) {
      throw argumentFault(["name"], "is given with `named`, and only then");
    }
  }

  /**
   * Judges a request. A denial is an answer, never an exception: see `outcome`.
   *
   * @throws {CertgateError} (rejected) a request or a context that cannot be read
   */
  async evaluate(request: Request | Input, options?: EvaluateOptions): Promise<SetDecisionView> {
    const { context, at } = fieldsOf(options, ["context", "at"], "options");
    const policies = this.policies.map((policy, index) => sourceOf(policy, "policies", index));
    const call = { tool: "evaluateSet", policies, combine: this.combine, name: this.name ?? null } as const;
    return runTool({ ...call, context: toContext(context) ?? null, at: toTime(at, "at") }, [kept(request, "request")]);
  }
}
