{{- define "certgate.labels" -}}
app.kubernetes.io/name: certgate-webhook
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "certgate.selector" -}}
app.kubernetes.io/name: certgate-webhook
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "certgate.name" -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" }}-certgate-webhook
{{- end }}
{{- define "certgate.approver" -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" }}-certgate-approver
{{- end }}
{{- define "certgate.approverSelector" -}}
app.kubernetes.io/name: certgate-approver
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
