/** A CustomResourceDefinition that uses what schemas offer, in two versions, one with a status subresource. */
export const widgetCrd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.test.example }
spec:
  group: test.example
  scope: Namespaced
  names: { plural: widgets, kind: Widget, shortNames: [wd] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      schema:
        openAPIV3Schema: &schema
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: { type: integer, format: int32, minimum: 1, maximum: 9 }
                mode: { type: string, enum: [fast, slow], default: fast }
                address: { type: string, format: ipv4 }
                name: { type: string, minLength: 2, maxLength: 4 }
                port: { x-kubernetes-int-or-string: true }
                tags: { type: array, x-kubernetes-list-type: set, maxItems: 3, items: { type: string } }
                parts:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items:
                    type: object
                    required: [name]
                    properties: { name: { type: string }, value: { type: string, default: none } }
                extra: { type: object, x-kubernetes-preserve-unknown-fields: true }
                labels: { type: object, additionalProperties: { type: string } }
                note: { type: string, nullable: true }
            status: { type: object, x-kubernetes-preserve-unknown-fields: true }
    - name: v2
      served: true
      storage: false
      schema:
        openAPIV3Schema: *schema
`;

/** A widget. */
export const widget = (name: string, spec: unknown = { size: 1 }): object => ({
  apiVersion: 'test.example/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
});

/** Where widgets of the namespace `default` are. */
export const widgets = '/apis/test.example/v1/namespaces/default/widgets';
