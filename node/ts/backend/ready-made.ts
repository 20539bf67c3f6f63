/** The texts of the ready-made policies. The native addon has its own; a test compares them. */

import gateway from "../../../policies/gateway.yaml";
import kubeApiserverClient from "../../../policies/kube-apiserver-client.yaml";
import kubeletServing from "../../../policies/kubelet-serving.yaml";
import mtlsClient from "../../../policies/mtls-client.yaml";
import privateWeb from "../../../policies/private-web.yaml";

export const readyMade: Readonly<Record<string, string>> = {
  gateway,
  "kube-apiserver-client": kubeApiserverClient,
  "kubelet-serving": kubeletServing,
  "mtls-client": mtlsClient,
  "private-web": privateWeb,
};
