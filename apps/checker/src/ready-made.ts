/** What comes with the checker: policies by name, and inputs to try. */

import acmePreflight from "../../../policies/acme-preflight.yaml";
import gateway from "../../../policies/gateway.yaml";
import istioWorkload from "../../../policies/istio-workload.yaml";
import kubeApiserverClient from "../../../policies/kube-apiserver-client.yaml";
import kubeApiserverClientKubelet from "../../../policies/kube-apiserver-client-kubelet.yaml";
import kubeletServing from "../../../policies/kubelet-serving.yaml";
import kubernetesControlPlane from "../../../policies/kubernetes-control-plane.yaml";
import kubernetesEtcd from "../../../policies/kubernetes-etcd.yaml";
import kubernetesFrontProxy from "../../../policies/kubernetes-front-proxy.yaml";
import kubernetesKubelet from "../../../policies/kubernetes-kubelet.yaml";
import kubernetesOperators from "../../../policies/kubernetes-operators.yaml";
import mtlsClient from "../../../policies/mtls-client.yaml";
import privateWeb from "../../../policies/private-web.yaml";
import spiffeSvid from "../../../policies/spiffe-svid.yaml";
import allowed from "./examples/allowed.pem";
import chain from "./examples/chain.pem";
import denied from "./examples/denied.pem";

export const readyMade: Readonly<Record<string, string>> = {
  "acme-preflight": acmePreflight,
  gateway,
  "istio-workload": istioWorkload,
  "kube-apiserver-client": kubeApiserverClient,
  "kube-apiserver-client-kubelet": kubeApiserverClientKubelet,
  "kubelet-serving": kubeletServing,
  "kubernetes-control-plane": kubernetesControlPlane,
  "kubernetes-etcd": kubernetesEtcd,
  "kubernetes-front-proxy": kubernetesFrontProxy,
  "kubernetes-kubelet": kubernetesKubelet,
  "kubernetes-operators": kubernetesOperators,
  "mtls-client": mtlsClient,
  "private-web": privateWeb,
  "spiffe-svid": spiffeSvid,
};

/** Whether a text is that of a ready-made policy, whatever its `id` says. */
export function isReadyMade(text: string): boolean {
  return Object.values(readyMade).includes(text);
}

export const examples: Readonly<Record<string, string>> = { allowed, chain, denied };
