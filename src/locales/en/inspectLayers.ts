export const inspectLayers = {
  save: 'Save the feature maps of {{layer}}',
  map: '{{layer}}, channel {{channel}}',
  value: 'Value',
} as const;
