/** The design system on top of Mantine: one accent, quiet neutrals, tight radii. Colours of data are CSS variables in theme.css. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#eef1ff',
  '#dde3ff',
  '#b9c5ff',
  '#93a5fd',
  '#748af6',
  '#5670ea',
  '#4058d6',
  '#3548b8',
  '#2b3a94',
  '#222e74',
];

const dark: MantineColorsTuple = [
  '#e8eaf0',
  '#c5cad5',
  '#a0a8b7',
  '#7c8596',
  '#4c5565',
  '#343b48',
  '#232934',
  '#191e26',
  '#12161c',
  '#0c0f14',
];

/** The element that menus, lists and dialogs open in. It lies in the main landmark, so that screen readers can go to them by it. */
export const overlaysId = 'overlays';

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 6, dark: 6 },
  colors: { brand, dark },
  fontFamily:
    "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.25' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.35' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  autoContrast: false,
  components: {
    InputWrapper: { styles: { label: { marginBottom: 4 } } },
    // As every link in a text: told by more than its colour.
    Anchor: { defaultProps: { underline: 'always' } },
    // What Mantine would put before the items is no item, which a menu may not have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // On a phone the choices take a second row rather than the page's edge.
    SegmentedControl: { styles: { root: { maxWidth: '100%', flexWrap: 'wrap' } } },
    Portal: { defaultProps: { target: `#${overlaysId}` } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, multiline: true, maw: 280 } },
  },
});

/** Mantine's own surfaces follow our tokens, so that inputs, menus and panels agree. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: { '--mantine-color-anchor': 'var(--app-accent-text)' },
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#171b24',
    '--mantine-color-dimmed': '#586173',
    '--mantine-color-placeholder': '#6b7484',
    '--mantine-color-default-border': '#d5d9e1',
    '--mantine-color-error': '#b4232c',
  },
  dark: {
    '--mantine-color-body': '#171b22',
    '--mantine-color-text': '#e8eaf0',
    '--mantine-color-dimmed': '#9fa8b8',
    '--mantine-color-placeholder': '#8790a0',
    '--mantine-color-default': '#1e232c',
    '--mantine-color-default-hover': '#262c37',
    '--mantine-color-default-border': '#363e4b',
    '--mantine-color-error': '#ff8f8a',
    // Mantine's is nearly the panel's own ground.
    '--mantine-color-brand-light': '#1f2747',
    '--mantine-color-brand-light-hover': '#283259',
    '--mantine-color-brand-light-color': '#a9b8ff',
  },
});
