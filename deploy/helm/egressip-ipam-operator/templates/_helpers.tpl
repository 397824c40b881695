{{- define "egressip-ipam.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 54 | trimSuffix "-" }}
{{- end }}

{{/* The name of all objects, or its beginning. It leaves room for "-metrics" within the 63 characters of a Service,
which may have no dot, as a release's name may. */}}
{{- define "egressip-ipam.fullname" -}}
{{- $name := include "egressip-ipam.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $full .Values.fullnameOverride | replace "." "-" | trunc 54 | trimSuffix "-" }}
{{- end }}

{{- define "egressip-ipam.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "egressip-ipam.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name: with serviceAccount.create=false it must name a ServiceAccount that is there" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* Who is bound to the operator's roles. */}}
{{- define "egressip-ipam.subjects" -}}
- kind: ServiceAccount
  name: {{ include "egressip-ipam.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* Labels that select the pods of a component: (dict "root" $ "component" "operator"). */}}
{{- define "egressip-ipam.selectorLabelsOf" -}}
app.kubernetes.io/name: {{ include "egressip-ipam.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of every object of a component: (dict "root" $ "component" "operator"). */}}
{{- define "egressip-ipam.labelsOf" -}}
{{ include "egressip-ipam.selectorLabelsOf" . }}
app.kubernetes.io/part-of: egressip-ipam
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "egressip-ipam.selectorLabels" -}}
{{ include "egressip-ipam.selectorLabelsOf" (dict "root" . "component" "operator") }}
{{- end }}

{{- define "egressip-ipam.labels" -}}
{{ include "egressip-ipam.labelsOf" (dict "root" . "component" "operator") }}
{{- end }}

{{/* The image, by tag, digest or both. */}}
{{- define "egressip-ipam.image" -}}
{{- include "egressip-ipam.imageOf" (dict "root" . "image" .Values.image) }}
{{- end }}

{{/* As the one above, of any part: (dict "root" $ "image" .Values.agent.image). A released chart names in its annotation the
     digest of each image, which counts for the very image that it was released with: no other name, no other tag. */}}
{{- define "egressip-ipam.imageOf" -}}
{{- $image := .image }}
{{- $tag := $image.tag | default (ternary "" .root.Chart.AppVersion (ne $image.digest "")) }}
{{- $digest := $image.digest }}
{{- range fromYamlArray (index .root.Chart.Annotations "artifacthub.io/images") }}
{{- $released := printf "%s:%s@" $image.repository $tag }}
{{- if and (not $digest) (hasPrefix $released .image) }}{{ $digest = trimPrefix $released .image }}{{ end }}
{{- end }}
{{- $image.repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with $digest }}@{{ . }}{{ end }}
{{- end }}

{{/* "true" on OpenShift, else nothing. */}}
{{- define "egressip-ipam.onOpenShift" -}}
{{- if eq (toString .Values.openshift) "auto" }}
{{- if .Capabilities.APIVersions.Has "config.openshift.io/v1" }}true{{ end }}
{{- else if .Values.openshift }}true{{ end }}
{{- end }}

{{/* "true" when what the Prometheus operator reads is wanted; enableMonitoring is the original chart's name for it. */}}
{{- define "egressip-ipam.monitoring" -}}
{{- if or .Values.monitoring.enabled .Values.enableMonitoring }}true{{ end }}
{{- end }}

{{/* The agent's objects, and its ServiceAccount. */}}
{{- define "egressip-ipam.agentName" -}}
{{ include "egressip-ipam.fullname" . }}-agent
{{- end }}

{{- define "egressip-ipam.agentSubjects" -}}
- kind: ServiceAccount
  name: {{ include "egressip-ipam.agentName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "egressip-ipam.agentLabels" -}}
{{ include "egressip-ipam.labelsOf" (dict "root" . "component" "agent") }}
{{- end }}

{{- /* Where metrics are served: over TLS as the original's were, or over plain HTTP. */}}
{{- define "egressip-ipam.metricsPort" -}}
{{- .Values.metrics.secure | ternary 8443 8080 }}
{{- end }}

{{- /* What it takes to ask whether who wants metrics may have them. */}}
{{- define "egressip-ipam.reviewRules" -}}
{{- if .Values.metrics.secure -}}
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- end }}
{{- end }}

{{- /* How a monitor's endpoint is read, beside its port: (dict "root" $ "tlsConfig" .Values.monitoring.tlsConfig). */}}
{{- define "egressip-ipam.scrape" -}}
{{- $monitoring := .root.Values.monitoring }}
{{- if .root.Values.metrics.secure -}}
scheme: https
tlsConfig:
  {{- toYaml (.tlsConfig | default (dict "insecureSkipVerify" true)) | nindent 2 }}
{{- if $monitoring.tokenSecret.name }}
authorization:
  credentials:
    {{- toYaml $monitoring.tokenSecret | nindent 4 }}
{{- else }}
bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
{{- end }}
{{- end }}
{{- with $monitoring.interval }}
interval: {{ . }}
{{- end }}
{{- with $monitoring.scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- end }}
