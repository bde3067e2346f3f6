export const inspectDigits = {
  one: 'Test image {{index}}, labelled {{label}}: show it',
  right: 'Test image {{index}}, labelled {{label}} and read so, {{share}} sure: show it',
  wrong: 'Test image {{index}}, labelled {{label}}, read as {{prediction}}, {{share}} sure: show it',
  more_one: 'Show more ({{left}} left)',
  more_other: 'Show more ({{left}} left)',
} as const;
