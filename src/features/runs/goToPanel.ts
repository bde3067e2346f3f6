/** Scrolls to a part of the view, and gives it the focus. */
export function goToPanel(id: string): void {
  const panel = document.getElementById(id);
  panel?.scrollIntoView({ block: 'start' });
  panel?.focus({ preventScroll: true });
}
